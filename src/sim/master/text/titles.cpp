#include "sim/master/text/titles.h"

#include "base/check.h"

namespace racesim {
namespace {

struct FlavourText {
  std::string_view name;
  std::string_view songs;
  std::string_view albums;
};

// A pattern named twice is twice as likely.
constexpr FlavourText kFlavours[] = {
    {"pop",
     "{noun}|{adj} {noun}|{ing}|{abstract}|{adj} {plural}|{verb} with Me|Like {a:noun}|{time}|{verb} Me "
     "{time}|Before {time}|{body} on Fire|I Don't Need {abstract}|Call It {abstract}|{ing} (Without "
     "You)|Hey {name}|All My {plural}|Never Let You {verb}|{color} {plural}|Until {time}|Too Much "
     "{abstract}|Oh, {name}|One More {noun}|Your {noun}|{abstract} & {abstract}|Why Do We {verb}?|Just "
     "Another {noun}|Kiss Me in {place}|{number} {plural}|Don't {verb}|{abstract} on Repeat|Something "
     "Like {abstract}",
     "{adj} {plural}|{noun}|{ing}|{abstract}|The {adj} {noun}|{color} {noun}|{time} {plural}|{number} "
     "{plural}|{adj} {body}|Letters from {place}|{abstract} & {abstract}"},
    {"dance",
     "{verb}|{body} Talk|{tech} Love|{ing}|{abstract} (Feel It)|Hands Up for {abstract}|All Night in "
     "{place}|{verb} Again|Turn Up the {weather}|{adj} {body}|{time} Anthem|Take Me to {place}|Higher "
     "Than {weather}|Let the {weather} In|{verb} Tonight|On My {noun}",
     "{tech}|Club {place}|{adj} {body}|{time} Anthems|{verb}|After {time}|{color} Room"},
    {"rock",
     "{adj} {noun}|{noun} of {weather}|{plural}|{weather} in {place}|The {noun}|{number} {plural}|"
     "{time} {noun}|{verb} or {verb}|{ing} Through the {weather}|{color} {noun}|Kings of {place}|Ain't "
     "No {abstract}|{noun} Song|{abstract} Machine|Long Way to {place}|Under the {adj} {noun}|Straight "
     "to {place}|{name}|Give Me {abstract}|Burn the {noun}|{body} of Stone|Against the {weather}|House "
     "of {plural}|{abstract} Ain't Free|Last Train to {place}|No More {plural}",
     "{adj} {noun}|{plural} of {place}|The {adj} {plural}|{noun} & {noun}|{weather} and {weather}|Songs "
     "for {a:adj} {noun}|Live at {place}|{number} {plural}|Waiting for {time}|{noun} {roman}|{A:color} "
     "{noun}"},
    {"indie",
     "{noun}|{name}|{time}, {place}|{adj} {plural}|The {noun} Song|{color} {noun}|How to {verb}|{ing}|A "
     "Place to {verb}|Postcards from {place}|{noun}, {noun}|What the {noun} Said|{name}, {verb}|{time} "
     "in {place}|You, Me & the {noun}|I Was {a:noun}|We Used to {verb}|{weather}, Probably|{abstract} "
     "for Beginners|The Year of the {noun}|All the {adj} {plural}|Tell Me About {place}|Half {a:noun}|"
     "My {adj} {body}|Nobody's {noun}|{plural} in the {weather}",
     "{abstract} for Beginners|{noun} Weather|{adj} {plural}|{A:color} {noun}|The {noun} Years|{place}|"
     "{ing}|How to {verb}|{time} Songs|{noun}, {noun}|Notes on {abstract}"},
    {"punk",
     "{verb}!|No {abstract}|{plural}|{place} Sucks|Kids of {place}|{abstract} Is Dead|{number} Minutes|"
     "I Hate {time}|Riot in {place}|Boredom|Kill Your {noun}|{verb} or Die|Wrong {noun}|Not Your {noun}|"
     "{color} Alert|{noun} Thief|Who Broke the {noun}?|Never {verb}",
     "No {abstract}|{plural}!|{verb} or Die|Loud in {place}|{noun} Thief|{number} Chords|Demo Tape {digit}"},
    {"metal",
     "{doom}|{dark} {doom}|{doom} of {doom}|{dark} {weather}|Beneath the {dark} {doom}|{doom} Rising|"
     "March of the {doom}|{weather} and {doom}|Into the {doom}|Hymn to the {doom}|Children of {doom}|"
     "{dark} Horizon|The {doom} Within|{number} {plural} of {doom}|Where {plural} Fall|Blood and "
     "{weather}|{doom}, Pt. {roman}|Feast of {doom}",
     "{dark} {doom}|{doom}|The {dark} {doom}|{doom} of {doom}|Into the {doom}|Hymns of {doom}|{weather} "
     "& {doom}|{doom} {roman}"},
    {"hiphop",
     "{slang}|{slang} Talk|No {slang}|{car} Music|{slang} & {slang}|{place} Freestyle|All {slang}|Mo' "
     "{slang}|{number} Rounds|{abstract} Over {slang}|Ride to {place}|{slang} Season|Still {ing}|"
     "{name}'s Song|Real {slang}|{time} in {place}|Count It Up|On the {slang}|{slang} Flow|Same {slang}|"
     "Dear {name}|{abstract}, No {slang}|Wake Up, {verb}|Big {slang}|{car} Doors|God's {noun}|Feel No "
     "{abstract}|Heavy {noun}",
     "{slang} Season|{abstract} & {slang}|{slang} Tape, Vol. {digit}|{place} State of Mind|The {slang}|"
     "Born in {place}|{abstract}|Still {ing}|{number} {plural}|{noun} Muzik|Concrete {noun}"},
    {"rnb",
     "{body}|{verb} on Me|{time}|{abstract}|Your {body}|Slow {noun}|Between the {plural}|{adj} Love|"
     "Need Your {abstract}|Say My Name, {name}|{ing}|After {time}|{weather} on My {body}|Too {adj}|Come "
     "Back to {place}|{abstract} Like This|Stay 'til {time}|If I {verb}|Giving You {abstract}|Let It "
     "{verb}|{color} Sheets|Good {abstract}|You Got My {body}",
     "{abstract}|{color} Room|After {time}|{adj} Love|{body} Work|Slow {weather}|{time} Sessions|Dear "
     "{name}|{ing}"},
    {"electronic",
     "{tech}|{tech} {digit}|{tech} & {tech}|{adj} {tech}|{weather} {tech}|{tech} in {place}|{place}|"
     "{tech} State|{color} {tech}|{number} {plural}|{tech} Loop|{ing}|Sub-{tech}|Night {tech}|{time} "
     "{tech}|{tech} (Extended Mix)|Return to {place}|{tech} Theory|Body {tech}|No {tech}",
     "{tech}|{tech} / {tech}|{adj} {tech}|{tech} {roman}|{place} Sessions|{color} {tech} EP|Patterns of "
     "{tech}|{tech} Theory"},
    {"ambient",
     "{weather}|{adj} {weather}|{noun}, {time}|{weather} over {place}|{tech}|Slow {weather}|A Field of "
     "{plural}|{time}, {weather}|Still {noun}|Where the {noun} Ends|{color} {weather}|{noun} Theme|"
     "Leaving {place}|Under the Ice|The {noun}, {time}|{place} (Main Theme)",
     "{weather} Studies|{adj} {weather}|Music for {a:noun}|{noun}, {time}|{place}|Quiet {plural}|"
     "{color} Field"},
    {"country",
     "{country}|{country} Kind of Love|Whiskey and {weather}|{name}|Back to {place}|My Daddy's "
     "{country}|{country} Song|That Ol' {country}|Every {country} in {place}|Ain't That {abstract}|She "
     "Left Me for {place}|{time} on the Porch|{color} Jeans & {country}|Hold My {country}|Mama Said "
     "{verb}|God, Trucks & {country}|{country} Queen|If {country} Could Talk|Wild as the {weather}|"
     "{name}, Come Home|Last Call in {place}|Raised on {country}",
     "{country}|{country} & {country}|Raised on {country}|{place} Bound|{color} {country}|Songs from "
     "the {country}|{name}"},
    {"folk",
     "The {folk}|{folk} Song|{name}|The {folk} and the {folk}|{folk} Down the Lane|Fare Thee Well, "
     "{name}|{color} {folk}|When the {folk} Sings|{time} Carol|The {noun} of {place}|{folk} on the Hill|"
     "My Love Is {a:folk}|Three {plural}|{weather} on the Moor|Bonnie {name}|Old {folk}|Ballad of "
     "{name}|The Road to {place}",
     "The {folk}|{folk} & {folk}|Songs of the {folk}|{color} {folk}|{place} Ballads|{time} Carols|The "
     "{noun} Road"},
    {"jazz",
     "{place} {jazz}|{name}'s {jazz}|{time} {jazz}|{color} {jazz}|{jazz} for {name}|{adj} {jazz}|{noun} "
     "{jazz}|{weather} in {place}|Take the {color} Train|{number} Steps|Minor {jazz}|{name}|Lament for "
     "{a:noun}|{time} at the Club|In {a:adj} Mood|Blues for {name}|Variations on {a:noun}|{digit} A.M.",
     "{place} {jazz}|Live at the {color} {noun}|{name}'s {jazz}|{color} {jazz}|{time} Sessions|The "
     "{place} Concert|Quiet {jazz}"},
    {"blues",
     "{place} Blues|{country} Blues|{weather} Blues|{name} Blues|My {body} Is Heavy|Woke Up in {place}|"
     "Broke Down {car}|{time} Blues|Devil's {noun}|Ain't Got No {abstract}|{number} Dollar {noun}|Lord, "
     "{verb}|Low Down {noun}|Mean Old {weather}|{name}, Don't Leave Me|Got {abstract}?|Crossroads in "
     "{place}|Train to {place}",
     "{place} Blues|{weather} Blues|Mean Old {weather}|Live in {place}|{color} Guitar|{name} & Me|The "
     "{country} Sessions"},
    {"classical",
     "{cycle} No. {digit} in {key}: {roman}. {tempo}|{cycle} No. {digit} in {key}, Op. {opus}: {roman}. "
     "{tempo}|{form} in {key}, Op. {opus} No. {digit}|{form} No. {digit} in {key}|{form} in {key}|"
     "{cycle} in {key}, Op. {opus}: {tempo}|{form} \"{noun}\"|Variations in {key}, Op. {opus}|{cycle} "
     "No. {digit}: {tempo}",
     "{cycles} Nos. {two_numbers}|Works for Piano|{forms}|{place} Recital|Complete {forms}|Music for "
     "Strings|The {place} Concert|{cycle} in {key}"},
    {"es",
     "{es_bare}|{es_bare} {es_adj}|{es_m} {es_adj_m}|{es_f} {es_adj_f}|Bajo {es_noun}|Entre "
     "{es_noun} y {es_noun}|Quiero {es_verb}|Sin {es_bare}|No Puedo {es_verb}|Noches en {es_place}|Como "
     "{es_noun}|{es_bare} y {es_bare}|Dame {es_bare}|Antes de {es_verb}|Volver a {es_place}|Donde "
     "Termina {es_noun}|¿Dónde Está {es_noun}?|Contra {es_noun}|Mi {es_bare}|Por {es_verb}|{es_verb} "
     "Otra Vez|Tu {es_bare}",
     "{es_bare}|{es_bare} {es_adj}|{es_m} {es_adj_m}|{es_f} {es_adj_f}|Entre {es_noun} y {es_noun}|"
     "{es_bare} y {es_bare}|Desde {es_place}|Hasta {es_verb}|Canciones para {es_verb}"},
    {"perreo",
     "Perreo en {es_party}|{es_bare}|Dale {es_bare}|{es_verb} Contigo|Mami, {es_bare}|En "
     "{es_party}|{es_bare} Remix|Pa' {es_verb}|{es_place} de Noche|Tu {es_bare} y Mi {es_bare}|Sin "
     "Freno|Rompe {es_party}|Un {es_m} Más|Una {es_f} Más|Baby, {es_verb}|Suelta",
     "{es_bare}|{es_place} Vice|El {es_m}|La {es_f}|Desde {es_party}|{es_bare} & {es_bare}|Pa' {es_verb}"},
    {"pt",
     "{pt_bare}|{pt_bare} {pt_adj}|{pt_f} {pt_adj_f}|Quando {pt_noun} Chegar|Entre {pt_noun} e "
     "{pt_noun}|{pt_bare} e {pt_bare}|Canto pra {pt_bare}|Meu {pt_m}|Minha {pt_f}|Deixa {pt_noun}|"
     "{pt_bare}, Meu Amor|Onde Mora {pt_noun}|Samba da {pt_f}|Samba do {pt_m}|Não Chora, {pt_bare}|"
     "Tanta {pt_f}|Tanto {pt_m}",
     "{pt_bare}|{pt_bare} {pt_adj}|{pt_f} {pt_adj_f}|{pt_bare} e {pt_bare}|Canções de {pt_bare}|Ao Vivo "
     "no Rio|Entre {pt_noun} e {pt_noun}"},
    {"fr",
     "{fr_bare}|{fr_bare} à {fr_place}|Sous {fr_noun}|{fr_noun} et {fr_noun}|Après {fr_noun}|"
     "J'attends {fr_noun}|Encore {fr_bare}|Entre {fr_noun} et {fr_noun}|Rendez-vous à {fr_place}|Sans "
     "toi, {fr_noun}|Dans {fr_noun}|Dimanche à {fr_place}|Un {fr_m} pour toi|Une {fr_f} pour toi|Contre "
     "{fr_noun}",
     "{fr_bare}|{fr_noun} et {fr_noun}|Sous {fr_noun}|Retour à {fr_place}|{fr_plural}|Dans {fr_noun}"},
    {"de",
     "{de_noun}|{de_ein} {de_mn}|{de_eine} {de_f}|{de_viele} {de_plural}|{de_noun} und {de_noun}|"
     "Du bist {de_noun}|Gib mir {de_noun}|Tanz mit mir, {name}|Heute Nacht: {de_noun}|Komm zurück nach "
     "{de_place}|Voller {de_noun}|Ohne {de_noun}|Noch einmal {de_noun}",
     "{de_noun}|{de_ein} {de_mn}|{de_viele} {de_plural}|{de_noun} und {de_noun}|Das Beste: {de_noun}|"
     "Lieder aus {de_place}"},
    {"ja",
     "{ja_noun}|{ja_noun} no {ja_noun}|{ja_noun} to {ja_noun}|{ja_noun} ni Naru|{pop_en} {ja_noun}|"
     "{ja_noun} wo Sagashite|Sayonara, {ja_noun}|{ja_noun} no Uta|{ja_noun}iro {ja_noun}|{number} "
     "{ja_noun}|Mou Ichido {ja_noun}|{pop_en}",
     "{ja_noun}|{ja_noun} no {ja_noun}|{pop_en}|{ja_noun} to {ja_noun}|{ja_noun} Days"},
    {"kpop",
     "{pop_en}|{pop_en}|{ko_word}|{pop_en} ({ko_word})|Love or {verb}|My {pop_en}|{ko_word} {ko_word}|"
     "{color} {pop_en}|{pop_en}, {pop_en}|Next {pop_en}|Bye Bye {pop_en}|{digit}:{minute} A.M.|{pop_en} "
     "in {place}|Girl Like {a:noun}|Ring {pop_en}",
     "{pop_en}|The {ordinal} Mini Album: {pop_en}|{ko_word}|{color} {pop_en}|{pop_en} Chapter {digit}|"
     "{pop_en} World"},
    {"hi",
     "{hi_noun} {hi_tail}|{hi_m} {hi_tail_m}|{hi_f} {hi_tail_f}|{hi_noun} {hi_noun}|O {hi_noun}|"
     "{hi_f} Ka {hi_m}|{hi_f} Ki {hi_f}|{hi_m} Ki {hi_f}|Tera {hi_m} {hi_tail}|Teri {hi_f} {hi_tail}|"
     "Mera {hi_m}|Meri {hi_f}|{hi_noun}|Yeh {hi_noun} {hi_tail}|{hi_noun} Aur {hi_noun}|Kaisa {hi_m}|"
     "Kaisi {hi_f}|{hi_noun} (Sad Version)|Chal {hi_noun} {hi_tail}",
     "{hi_noun} {hi_tail}|{hi_noun} (Original Motion Picture Soundtrack)|{hi_noun} Aur {hi_noun}|"
     "{hi_noun}|O {hi_noun}|{hi_f} Ka {hi_m}"},
    {"zh",
     "{zh_noun}|{zh_noun} De {zh_noun}|{zh_verb} Ni|Wo {zh_verb} Ni|Bu Yao {zh_verb}|{zh_noun} Li|"
     "{zh_noun} Yu {zh_noun}|Zai {zh_noun} {zh_verb}|Yi Ge {zh_noun}|Zuihou De {zh_noun}|Ni De "
     "{zh_noun}|{zh_noun} Zhi Ge|{pop_en} {zh_noun}|Ruguo {zh_verb}|Hui Bu Hui {zh_verb}",
     "{zh_noun}|{zh_noun} De {zh_noun}|{zh_noun} Yu {zh_noun}|Ni De {zh_noun}|{zh_verb} Ni|{zh_noun} Zhi Ge"},
    {"afro",
     "{afro}|{afro} {afro}|My {afro}|{afro} for {place}|No {afro}|{afro} Dey|{name} ({afro})|{afro} & "
     "Vibes|Give Me {afro}|Omo {afro}|{afro} Loading|Holy {afro}|Dance, {afro}|{time} in Lagos|Big "
     "{afro}|{afro} Soldier|Per {afro}",
     "{afro}|{afro} & {afro}|From Accra to {place}|{afro} Season|Made in Lagos Island|Big {afro}"},
    {"reggae",
     "{roots}|{roots} Man|{roots} {roots}|Give Thanks for {abstract}|{roots} in {place}|Children of "
     "{roots}|One {abstract}|{weather} over {roots}|Natural {abstract}|No {abstract} in {roots}|{name}, "
     "Mi Love|{roots} Dub|Chant Down {roots}|Sweet {roots}|Forward to {roots}|{time} Skank",
     "{roots}|{roots} & {roots}|One {abstract}|{roots} in Dub|Forward to {roots}|Live in {place}"},
};

constexpr std::string_view kInterludes =
    "Intro|Interlude|Outro|Prelude|Interlude: {weather}|{noun} (Interlude)|Intro: {time}|Skit|{time} "
    "(Interlude)|Reprise: {noun}|Overture|{weather} (Prelude)|Voicemail from {name}|Outro ({place})";

}  // namespace

const TitleFlavour& title_flavour(std::string_view name) {
  static const auto flavours = [] {
    std::vector<TitleFlavour> made;
    for (const FlavourText& text : kFlavours)
      made.push_back({text.name, parse_phrases(text.songs), parse_phrases(text.albums)});
    return made;
  }();
  for (const TitleFlavour& flavour : flavours)
    if (flavour.name == name) return flavour;
  RACESIM_CHECK(false && "unknown flavour");
  return flavours.front();
}

const std::vector<Phrase>& interlude_titles() {
  static const auto phrases = parse_phrases(kInterludes);
  return phrases;
}

void append_random(const std::vector<Phrase>& phrases, Dice& dice, std::string& out) {
  // Short patterns have few texts: as often as the others they would repeat in a large catalogue.
  const Phrase* phrase = nullptr;
  for (int attempt = 0; attempt < 4; ++attempt) {
    phrase = &phrases[dice.below(phrases.size())];
    const std::uint64_t keep_per_mille = phrase->variants() == 1 ? 60 : phrase->variants() < 100 ? 400 : 1000;
    if (dice.chance(keep_per_mille)) break;
  }
  const std::size_t begin = out.size();
  phrase->append(dice.below(phrase->variants()), out);
  // Words such as "the Weekend" may stand first.
  if (char& c = out[begin]; c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
}

}  // namespace racesim
