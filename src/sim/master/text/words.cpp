// The words that titles, albums and band names are made of. Lists with a phrase of several words use bars.
#include <map>
#include <string>

#include "base/check.h"
#include "sim/master/text/people.h"
#include "sim/master/text/phrase.h"
#include "sim/master/text/word_list.h"

namespace racesim {
namespace {

struct ListText {
  std::string_view name;
  std::string_view words;
};

constexpr ListText kLists[] = {
    // English titles
    {"noun",
     "Window|River|Mirror|Lantern|Harbor|Garden|Letter|Ladder|Compass|Bridge|Anchor|Shadow|Satellite|"
     "Photograph|Highway|Island|Kingdom|Machine|Paper Plane|Carousel|Candle|Ocean|Mountain|Lighthouse|"
     "Telephone|Cathedral|Staircase|Thunderstorm|Bonfire|Horizon|Parachute|Postcard|Radio|Suitcase|"
     "Tambourine|Feather|Diamond|Engine|Orchard|Wildflower|Silhouette|Passenger|Stranger|Runaway|"
     "Dreamer|Hurricane|Heartbeat|Promise|Secret|Whisper|Echo|Fever|Halo|Riddle|Signal|Souvenir|Tornado|"
     "Veil|Wishing Well|Backseat|Doorway|Front Porch|Ghost Town|Ferris Wheel|Matchstick|Voicemail|"
     "Skyline|Sunflower|Rooftop|Labyrinth"},
    {"plural",
     "Shadows|Lanterns|Mirrors|Rivers|Letters|Stars|Ghosts|Streetlights|Fireflies|Diamonds|Wolves|"
     "Sparrows|Oceans|Strangers|Promises|Secrets|Windows|Mountains|Satellites|Wildfires|Photographs|"
     "Cigarettes|Bruises|Feathers|Flowers|Footprints|Headlights|Holidays|Islands|Lullabies|Memories|"
     "Miracles|Roses|Sirens|Souvenirs|Tides|Trains|Voices|Whispers|Wings|Angels|Bones|Butterflies|"
     "Constellations|Dominoes|Echoes|Fingerprints|Hurricanes|Jealous Hearts|Sleepless Nights|Second "
     "Chances|Summer Rains|Paper Hearts|Broken Records|Better Days"},
    {"adj",
     "Golden|Broken|Silent|Electric|Velvet|Crimson|Hollow|Restless|Gentle|Bitter|Lonely|Distant|Fading|"
     "Frozen|Sacred|Reckless|Silver|Wild|Faded|Tender|Careless|Burning|Empty|Endless|Fearless|Fragile|"
     "Haunted|Hidden|Innocent|Lost|Magnetic|Midnight|Neon|Neverending|Northern|Perfect|Phantom|Plastic|"
     "Precious|Quiet|Scarlet|Second-Hand|Shallow|Sleepless|Stolen|Strange|Sudden|Sweet|Temporary|"
     "Tropical|Twisted|Unbroken|Violet|Wasted|Wicked|Wooden|Yellow|Ordinary|Weightless|Lucky|Slow"},
    {"verb",
     "Run|Hold|Burn|Fall|Stay|Breathe|Dance|Wait|Dream|Shine|Fly|Drive|Break|Call|Follow|Forget|"
     "Remember|Fade|Drift|Surrender|Believe|Whisper|Scream|Wander|Fight|Float|Glow|Hide|Sing|Sleep"},
    {"ing",
     "Running|Falling|Waiting|Burning|Dancing|Dreaming|Driving|Drifting|Holding On|Letting Go|Breathing|"
     "Fading|Chasing Light|Coming Home|Growing Up|Looking Back|Moving On|Sleeping In|Starting Over|"
     "Walking Away|Waking Up|Counting Stars Down|Losing Sleep|Breaking Even|Crossing Lines|Sinking|"
     "Floating|Wandering|Hiding|Shivering"},
    {"time",
     "Midnight|Sunday|October|Tomorrow|Yesterday|Summer|Winter|Saturday Night|Morning|Twilight|"
     "September|Daybreak|Friday|December|Monday Morning|Sunset|Dawn|Half Past Two|Four A.M.|Tonight|"
     "August|Last Spring|New Year's Eve|Nineteen|Seventeen|the Weekend|November|July|Tuesday"},
    {"place",
     "Lisbon|Memphis|Tokyo|Havana|Montreal|Brooklyn|Berlin|Reno|Santa Fe|Dublin|Marseille|Nairobi|"
     "Kingston|El Paso|Savannah|Rio|Athens|Copenhagen|Tulsa|Vienna|Cairo|Seville|Glasgow|Baton Rouge|"
     "Monterey|Oslo|Naples|Detroit|Harbor Street|the North|Avenue C|Laredo|Ostend|Cedar Hill|Union Square"},
    {"abstract",
     "Love|Mercy|Gravity|Hope|Glory|Patience|Heaven|Paradise|Silence|Trouble|Honey|Faith|Fortune|"
     "Freedom|Grace|Happiness|Honesty|Innocence|Luck|Magic|Mischief|Nostalgia|Poison|Pride|Regret|"
     "Revenge|Sorrow|Temptation|Truth|Wonder|Chaos|Courage|Desire|Destiny|Envy|Sugar|Serotonin|Static|"
     "Daydream|Distance"},
    {"weather",
     "Rain|Thunder|Snow|Sunlight|Moonlight|Starlight|Fog|Lightning|Wind|Fire|Smoke|Dust|Ice|Stardust|"
     "Storm|Heat|Frost|Daylight|Ash|Tide"},
    {"name",
     "Marianne|Josephine|Delilah|Caroline|Georgia|Rosalie|Louisa|Valerie|Eleanor|Annabelle|Ruby|"
     "Magnolia|Marlene|Clementine|Penny|Veronica|Bobby|Jesse|Eddie|Johnny Lee|Samuel|Henry|Angelina|"
     "Cecilia|Suzanna|Adeline|Lucille|Maggie|Dorothy|Violet|Juno|Odette"},
    {"body", "Heart|Hands|Eyes|Skin|Bones|Arms|Lips|Mind|Soul|Shoulder|Fingertips|Smile|Shadow|Name|Voice"},
    {"color", "Blue|Red|Gold|Black|White|Green|Silver|Violet|Amber|Indigo|Scarlet|Grey"},
    {"number",
     "Two|Three|Four|Five|Seven|Nine|Ten|Twelve|Nineteen|Twenty|Forty|A Hundred|A Thousand|A Million"},
    {"digit", "1 2 3 4 5 6 7 8 9 10 11 12"},
    {"minute", "05 10 15 20 25 30 33 40 45 50 57"},
    {"two_numbers", "1 & 2|1 & 3|2 & 5|3 & 4|4 & 7|5 & 6|6 & 8|8 & 9"},
    {"ordinal", "1st 2nd 3rd 4th 5th 6th 7th"},
    {"roman", "I II III IV V VI"},
    // Hip-hop and R&B
    {"slang",
     "Drip|Cash|Paper|Grind|Hustle|Block|Crown|Flex|Ice|Motion|Bag|Smoke|Wave|Vibe|Heat|Rent|Rounds|"
     "Chains|Plug|Levels|Pressure|Energy|Trophies|Receipts|Royalties|Backwoods|Overtime|Graveyard Shift|"
     "Day Ones|Front Row|Options|Bread|Momentum|Tunnel Vision|Zip Code|No Sleep|Blueprint|Checkmate|"
     "Demons|Interest"},
    {"car", "Cadillac|Benz|Coupe|Lowrider|Chevy|Rolls|Bentley Truck|Old School|Whip|Convertible"},
    // Electronic
    {"tech",
     "Signal|Pulse|Circuit|Voltage|Frequency|Oscillate|Sequence|Phase|Vector|Modular|Feedback|Polymer|"
     "Neon|Cascade|Parallax|Resonance|Spectrum|Vapor|Mirage|Lattice|Orbit|Prism|Quanta|Static|Synapse|"
     "Terminal|Delta|Drift|Flux|Glitch|Helix|Infra|Kinetic|Lumen|Monolith|Nocturne|Overdrive|Particle|"
     "Reverie|Subterra|Tessellate|Zenith"},
    // Country
    {"country",
     "Tailgate|Front Porch|Whiskey|Pickup Truck|Back Road|Gravel|Honky-Tonk|Boots|Barn Dance|Cornfield|"
     "Creek|Dirt Road|Fence Line|Hometown|Jukebox|Moonshine|Small Town|Saddle|Sweet Tea|Two-Lane|"
     "Wedding Ring|Neon Sign|Denim|Screen Door|Rodeo|Wildwood|Riverbank|Harvest Moon|Fireworks|Church "
     "Bells"},
    // Metal
    {"doom",
     "Ashes|Abyss|Throne|Serpent|Plague|Requiem|Oblivion|Crucible|Carrion|Gallows|Inferno|Wrath|Tyrant|"
     "Eclipse|Grave|Sepulchre|Harbinger|Dominion|Ruin|Specter|Torment|Vengeance|Leviathan|Colossus|Pyre|"
     "Scourge|Hollow Crown|Iron Veil"},
    {"dark",
     "Ashen|Black|Crimson|Iron|Bleeding|Cursed|Eternal|Fallen|Forsaken|Frostbitten|Godless|Infernal|"
     "Obsidian|Pale|Putrid|Rotten|Savage|Severed|Shattered|Sunless|Thundering|Unholy|Venomous|Wretched|"
     "Nameless|Molten|Feral|Grim"},
    // Jazz, blues, soul
    {"jazz",
     "Blues|Stomp|Waltz|Ballad|Bossa|Swing|Rag|Shuffle|Strut|Serenade|Lullaby|Samba|Groove|Mood|"
     "Nocturne|March|Walk|Reverie|Conversation|Afterthought"},
    // Classical
    {"key",
     "C major|C minor|D major|D minor|E-flat major|E minor|F major|F minor|F-sharp minor|G major|G "
     "minor|A-flat major|A major|A minor|B-flat major|B-flat minor|B minor|C-sharp minor"},
    {"form",
     "Nocturne|Prelude|Étude|Impromptu|Waltz|Ballade|Mazurka|Rondo|Fantasia|Intermezzo|Barcarolle|"
     "Bagatelle|Scherzo|Toccata"},
    {"cycle",
     "Piano Sonata|String Quartet|Violin Concerto|Symphony|Cello Suite|Piano Trio|Serenade|Flute Sonata|"
     "Orchestral Suite|Clarinet Quintet|Piano Concerto"},
    {"forms",
     "Nocturnes|Preludes|Études|Impromptus|Waltzes|Ballades|Mazurkas|Rondos|Fantasias|"
     "Intermezzi|Barcarolles|Bagatelles|Scherzi|Toccatas"},
    {"cycles",
     "Piano Sonatas|String Quartets|Violin Concertos|Symphonies|Cello Suites|Piano Trios|"
     "Serenades|Flute Sonatas|Orchestral Suites|Clarinet Quintets|Piano Concertos"},
    {"tempo",
     "Allegro|Andante|Adagio|Presto|Largo|Allegro ma non troppo|Andante cantabile|Scherzo|Finale: "
     "Vivace|Menuetto|Adagio sostenuto|Molto allegro|Lento|Allegretto grazioso"},
    {"opus", "9 10 12 17 18 20 23 25 27 28 31 33 35 38 40 44 48 52 55 59 61 64 68 73 76 80 88 95 104 110"},
    // Folk, reggae
    {"folk",
     "Willow|Millstone|Blackbird|Heather|Shepherd|Weaver|Hawthorn|Meadow|Sparrow|Ploughman|Harvest|"
     "Lantern|Rowan|Fiddler|Cobblestone|Nightingale|Salt Wind|Barley|Foxglove|Wren|Old Oak|Turning "
     "Wheel|Ferryman|Miller's Daughter|Tall Ship"},
    {"roots",
     "Zion|Babylon|Roots|Irie|Riddim|Sunrise|Unity|Lion|Hills|Foundation|Selassie Road|Island|Dub|Rebel|"
     "Jah Light|Mountain|Harvest|Natty|Sound System|Redemption Road"},
    // Spanish
    {"es_noun",
     "el Mar|la Luna|el Cielo|la Noche|el Fuego|la Lluvia|el Tiempo|la Calle|el Viento|la Sombra|el "
     "Silencio|la Vida|el Sol|la Piel|el Olvido|la Mañana|el Camino|la Ciudad|el Corazón|la Distancia|"
     "el Verano|la Rosa|el Espejo|la Madrugada|el Destino|la Frontera"},
    {"es_bare",
     "Corazón|Fuego|Luna|Veneno|Cielo|Sombra|Lágrima|Olvido|Locura|Invierno|Azúcar|Canela|Tormenta|"
     "Promesa|Mentira|Medianoche|Destino|Herida|Ceniza|Verano|Secreto|Candela|Soledad|Milagro|Peligro|"
     "Adiós"},
    {"es_m", "Corazón|Fuego|Veneno|Cielo|Olvido|Invierno|Destino|Verano|Secreto|Milagro|Peligro|Adiós"},
    {"es_f",
     "Luna|Sombra|Lágrima|Locura|Canela|Tormenta|Promesa|Mentira|Medianoche|Herida|Ceniza|"
     "Candela|Soledad"},
    {"es_adj", "sin Dueño|de Papel|Salvaje|de Cristal|sin Ti|de Enero|en Llamas"},
    {"es_adj_m", "Roto|Perdido|Ajeno|Prohibido|Eterno"},
    {"es_adj_f", "Rota|Perdida|Ajena|Prohibida|Eterna"},
    {"es_verb",
     "Olvidarte|Quererte|Bailar|Volver|Soñarte|Besarte|Esperarte|Perderte|Respirar|Amanecer|Llorar|Vivir"},
    {"es_place",
     "La Habana|Medellín|Veracruz|Sevilla|Cartagena|San Juan|Guadalajara|Mendoza|Valparaíso|Oaxaca|Sonora"},
    {"es_party", "la Pista|la Disco|la Playa|el Barrio|el Carro|la Esquina|el VIP|la Terraza|el Party"},
    // Portuguese
    {"pt_noun",
     "o Mar|a Lua|o Vento|a Saudade|o Silêncio|a Cidade|o Tempo|a Chuva|o Sol|a Rua|o Samba|a Manhã|o "
     "Sertão|a Estrela|o Rio|a Janela|o Violão|a Paixão"},
    {"pt_bare",
     "Saudade|Alegria|Coração|Madrugada|Maré|Luar|Batuque|Poesia|Ilusão|Morena|Varanda|Caminho|Jangada|"
     "Flor|Brisa"},
    {"pt_m", "Coração|Luar|Batuque|Caminho"},
    {"pt_f", "Saudade|Alegria|Madrugada|Maré|Poesia|Ilusão|Morena|Varanda|Jangada|Flor|Brisa"},
    {"pt_adj", "de Verão|sem Fim|de Ouro|do Interior|Distante|da Bahia|de Domingo|de Carnaval|do Meu Bem"},
    {"pt_adj_f", "Proibida|Antiga|Perdida"},
    // French
    {"fr_noun",
     "la Mer|le Vent|la Nuit|les Étoiles|le Silence|la Pluie|les Fantômes|le Temps|la Ville|les Ombres|"
     "le Matin|la Lumière|l'Hiver|l'Oubli|les Fenêtres|le Jardin|la Promesse|l'Océan"},
    {"fr_bare",
     "Mirage|Minuit|Poussière|Vertige|Étincelle|Dimanche|Souvenirs|Lisière|Brume|Cendres|Vagabond|"
     "Ivresse|Rivages"},
    {"fr_m", "Mirage|Vertige|Dimanche|Vagabond"},
    {"fr_f", "Poussière|Étincelle|Lisière|Brume|Ivresse"},
    {"fr_plural", "Mirages|Vertiges|Étincelles|Lisières|Brumes|Cendres|Rivages|Souvenirs|Vagabonds"},
    {"fr_place",
     "Paris|Marseille|Lyon|Montréal|Biarritz|Belleville|Nantes|la Gare|Bruxelles|Brest|l'Estaque"},
    // German
    {"de_noun",
     "Herz|Himmel|Sommernacht|Sehnsucht|Sturm|Regenbogen|Sternenmeer|Abendrot|Flugzeug|Fernweh|Lichter|"
     "Zauber|Mondlicht|Wellen|Heimweh|Feuerwerk|Schatten|Morgenlicht|Karussell|Blütenstaub"},
    {"de_mn",
     "Herz|Himmel|Sturm|Regenbogen|Sternenmeer|Abendrot|Flugzeug|Zauber|Mondlicht|Feuerwerk|"
     "Morgenlicht|Karussell"},
    {"de_f", "Sommernacht|Sehnsucht"},
    {"de_plural", "Lichter|Wellen|Schatten|Sterne|Träume"},
    {"de_ein", "Unser|Dein|Mein|Kein|Nur ein|Wie ein|Fast ein|Mehr als ein"},
    {"de_eine", "Unsere|Deine|Meine|Keine|Nur eine|Wie eine"},
    {"de_viele", "Tausend|Unsere|Deine|Meine|Keine|Nur"},
    {"de_place",
     "Lissabon|Tokio|Havanna|Berlin|Marseille|Rio|Athen|Kopenhagen|Wien|Kairo|Oslo|Neapel|"
     "Hamburg"},
    // Japanese and Korean, romanised
    {"ja_noun",
     "Sakura|Yoru|Hoshi|Kaze|Namida|Yume|Hikari|Sora|Umi|Kioku|Natsu|Tsuki|Ame|Mirai|Kimi|Yuki|Asa|"
     "Hanabi|Tegami|Kage|Machi|Koe"},
    {"ko_word",
     "Sarang|Byeol|Haru|Nabi|Bom|Kkum|Bada|Bam|Namu|Gaeul|Noeul|Dal|Baram|Iyagi|Cheot Nun|Saebyeok"},
    {"pop_en",
     "Supernova|Bubblegum|Pop Star|Love Alarm|Magnet|Crush|Cherry|Bounce|Glitter|Wonderland|Candy Rain|"
     "Tic Tac|Spotlight|Heartbeat|Zero Gravity|Hologram|Neon Love|Game Over|Dazzle|Freeze|Chemistry|"
     "Boomerang|Firework|Mirror Mirror|Replay"},
    // Hindi, romanised
    {"hi_noun",
     "Dil|Pyaar|Raat|Chaand|Barsaat|Khwaab|Ishq|Zindagi|Saawan|Aankhen|Dhadkan|Safar|Tanhai|Mohabbat|"
     "Sapna|Rang|Duniya|Saathi|Yaadein|Aasman|Manzil|Lamhe"},
    {"hi_m", "Dil|Pyaar|Chaand|Khwaab|Ishq|Saawan|Safar|Sapna|Rang|Saathi|Aasman"},
    {"hi_f", "Raat|Barsaat|Zindagi|Dhadkan|Tanhai|Mohabbat|Duniya|Manzil"},
    {"hi_tail", "Ke Paar|Ki Baat|Mein Tum|Se Kaho|Sajna|Re|Aaja|Kahan|Ki Raat|Ke Saath|Na Jaane|Bina Tere"},
    {"hi_tail_m", "Mera|Tera|Hamara|Ho Gaya|Chala|Jaaga"},
    {"hi_tail_f", "Meri|Teri|Hamari|Ho Gayi|Chali|Jaagi"},
    // Chinese, romanised
    {"zh_noun",
     "Yueguang|Xingkong|Haibian|Qingtian|Yujie|Qiutian|Lüxing|Huiyi|Mengxiang|Xiatian|"
     "Chezhan|Dengta|Fengsheng|Yuanfang|Huahai|Tiankong|Shiguang|Liuxing|Wanfeng|Xuehua"},
    {"zh_verb", "Xiangnian|Dengdai|Wangji|Yujian|Likai|Aishang|Yongbao|Gaobie|Xunzhao|Peiban"},
    // Afrobeats
    {"afro",
     "Jeje|Wahala|Body|Lagos Nights|Owo|Ife|Vibes|Sweetie|Palava|Enjoyment|Mama|Money|Gbedu|Ginger|Japa|"
     "Sunshine|Oga|Tomorrow|Shayo|Banga|Baby|Chop Life|Odo|Adura|Jollof|Soft Life|Wayo|Highlife"},
    // Artists
    {"band_adj",
     "Velvet|Paper|Silver|Hollow|Electric|Midnight|Northern|Wooden|Painted|Crooked|Gentle|Lonesome|"
     "Plastic|Royal|Savage|Sleeping|Static|Summer|Tangled|Tiny|Violet|Wandering|Wicked|Winter|Borrowed|"
     "Copper|Distant|Faded|Feral|Foreign|Forgotten|Glass|Golden|Hidden|Humble|Invisible|Lunar|Marble|"
     "Modern|Nervous|Neon|Ivory|Phantom|Quiet|Reckless|Rusty|Secret|Second|Solar|Spare|Strange|Sunday|"
     "Upright|Vacant|Wild|Woolen|Amber|Bashful"},
    {"band_noun",
     "Harbor|Lantern|Compass|Meridian|Fable|Orchard|Anthem|Parade|Caravan|Canyon|Cinema|Cathedral|"
     "Lagoon|Mercury|Monument|Motel|Museum|Pavilion|Penguin|Picnic|Pilot|Postcard|Prairie|Ravine|"
     "Satellite|Signal|Sparrow|Timber|Tundra|Valley|Voyage|Weather|Atlas|Avenue|Bandit|Bicycle|Cascade|"
     "Cedar|Circus|Colony|Daughter|Echo|Estate|Falcon|Frontier|Gazette|Glacier|Habit|Hotel|Iris|Juniper|"
     "Kite|Ledger|Lemonade|Magnet|Nomad|Oracle|Pigeon"},
    {"band_noun2",
     "Honey|Thistle|Gravel|Rye|Marrow|Linen|Flint|Clover|Ember|Pine|Iron|Cotton|Feather|Ginger|Hollow|"
     "Ivy|Maple|Moss|Needle|Oak|Plume|Quill|Reed|Sage|Salt|Silk|Slate|Tallow|Thread|Wren"},
    {"band_plural",
     "Lanterns|Harbors|Strangers|Wolves|Sparrows|Tides|Mirrors|Parades|Arrows|Astronauts|Bandits|"
     "Cartographers|Comets|Cowards|Detectives|Echoes|Elevators|Engines|Foxes|Gardens|Ghosts|Heirs|"
     "Horses|Islands|Janitors|Kites|Librarians|Magpies|Mechanics|Monarchs|Motels|Narrators|Neighbors|"
     "Orphans|Passengers|Pilots|Planets|Poets|Rackets|Rivals|Rituals|Runners|Sailors|Sirens|Skeletons|"
     "Sleepers|Socialites|Swimmers|Telegraphs|Thieves|Tigers|Tourists|Travelers|Umbrellas|Vandals|"
     "Violets|Voyagers|Wardens|Whales|Windmills"},
    {"syl1",
     "Ka Mi Lo Ze Sa Ny Ro Va El Ari Jo Te Au Bri Cy Da Emi Fay Gia Isa Ju Ky Le Mae No Oly Phe Qui Ri So"},
    {"syl2", "la ri vo na mi re ze lo ka di ra ne sha vi li ya mo ta ro su"},
    {"syl3", "ne a lle ra x s m th n ko rie ya h el ina on us ette ia o"},
    {"rap_prefix",
     "Lil|Young|Big|MC|Kid|King|Queen|Yung|Slim|Prince|Lady|Saint|Don|Baby|Papa|Doctor|Chief|Smooth|Sir|"
     "Dizzy"},
    {"rap_name",
     "Cipher|Tempo|Fable|Comet|Onyx|Vandal|Static|Cobra|Domino|Ledger|Marvel|Nickel|Phantom|Quarter|"
     "Rocket|Sable|Tundra|Velour|Zenith|Bishop|Cricket|Dynamo|Echo|Falcon Jones|Gospel|Havoc|Indigo|"
     "Jaguar|Kilo|Lyric|Mosaic|Nimbus|Opus|Pepper|Rascal|Saffron|Topaz|Verse|Wizdom|Yonder"},
    {"rap_tail",
     "Mercer|Barrow|Cartel|Fontaine|da Poet|Vega|Dollar|2x|Supreme|Rivers|Monroe|the Third|Blaze|Wonder|"
     "Gordo"},
    {"el1",
     "Night|Hexa|Lumi|Syn|Poly|Aero|Cryo|Deep|Ether|Faux|Geo|Halo|Iso|Kilo|Lazer|Meta|Nova|Octo|Para|"
     "Retro|Sub|Tele|Ultra|Vapor|Wave|Xeno|Zero|Mono|Astro|Bio"},
    {"el2",
     "glass|loop|form|wave|drift|field|state|graph|phase|tone|core|light|byte|dose|flux|gram|house|"
     "kraft|line|motion|node|point|room|scape|shift|tide|verse|zone|lab|machine"},
    {"el_tail",
     "System|Collective|Project|Sound|Department|Unit|Theory|Club|Union|Service|Complex|Bureau|Radio|"
     "Works|Division"},
    {"kpop1", "LU NO VE A MI RY SOL NE XE KA ZI EL DA ORI Y"},
    {"kpop2", "MINA VIA STAR RIS LUX NIX 4EVER REVE CIEL BEAM KYO LENA WISH TIX PRISM"},
    {"kpop_tail", "Girls|Seven|Kidz|Boys|Nine|Crew|Unit|Day|Parade|Project|Sky|Club|13|Generation Z|Line"},
    {"metal_noun",
     "Throne|Basilica|Raven|Serpent|Oath|Monolith|Altar|Winter|Dagger|Hammer|Tomb|Wyrm|Empire|Legion|"
     "Coffin|Citadel|Mantle|Horde|Reaper|Chalice|Obelisk|Guillotine|Vulture|Basilisk|Torch|Dirge|"
     "Ossuary|Behemoth"},
    {"ensemble",
     "Chamber Orchestra|String Quartet|Piano Trio|Philharmonic|Ensemble|Chamber Choir|Sinfonia|Wind "
     "Quintet|Camerata|Festival Orchestra|Consort|Baroque"},
    {"combo", "Trio|Quartet|Quintet|Sextet|Big Band|Octet|Orchestra|Group"},
    {"bluesnick",
     "Blind|Memphis|Sleepy|Big Bill|Mississippi|Slim|Lightfoot|Cotton|Little|Delta|Sunny|Barrelhouse|"
     "Pinetop|Smoky|Boxcar|Peg"},
    {"rasta", "Ras|Prophet|Sister|Brother|Jah|Sister Irie|Elder|Empress|General|Natty|Captain|Papa"},
    {"rasta_name",
     "Elijah|Isaiah|Makeda|Tafari|Zebulon|Ezekiel|Amaya|Malachi|Levi|Nyah|Gideon|Sheba|Solomon|Uriah|"
     "Josiah|Miriam|Simeon|Naphtali|Israel|Judah"},
    {"los",
     "Los Tigrillos|Los Caminantes|Las Golondrinas|La Sonora|Banda Luna|Los Herederos|Grupo Brisa|Los "
     "Gavilanes|Orquesta Coral|Los Viajeros|Mariachi Oro|Conjunto Alba|Los Compadres|La Tropa|Trío "
     "Serenata|Los Rebeldes|La Orilla|Los Faroles"},
    {"initial", "A. B. C. D. E. F. G. H. J. K. L. M. N. P. R. S. T. V. W. Y. Z."},
};

std::map<std::string, std::vector<std::string_view>, std::less<>> split_lists() {
  std::map<std::string, std::vector<std::string_view>, std::less<>> lists;
  for (const ListText& list : kLists)
    lists.emplace(list.name,
                  split_words(list.words, list.words.find('|') == std::string_view::npos ? ' ' : '|'));
  return lists;
}

}  // namespace

const std::vector<std::string_view>& word_list(std::string_view name) {
  static const auto lists = split_lists();
  const std::size_t colon = name.find(':');
  if (colon != std::string_view::npos) {
    const NameGroup& group = name_groups()[name_group_of(name.substr(colon + 1))];
    return name.substr(0, colon) == "given" ? group.given : group.family;
  }
  const auto found = lists.find(name);
  RACESIM_CHECK(found != lists.end());
  return found->second;
}

}  // namespace racesim
