#include "sim/master/text/people.h"

#include "sim/master/text/word_list.h"

namespace racesim {
namespace {

struct GroupText {
  std::string_view countries;
  std::string_view given;
  std::string_view family;
};

constexpr GroupText kGroups[] = {
    // English
    {"US GB CA AU NZ IE JM BS GY PG",
     "Oliver Amelia George Isla Harry Ava Noah Emily Jack Sophie Leo Grace Arthur Lily Oscar Freya Theodore "
     "Ivy Henry Florence Ethan Chloe Mason Hannah Logan Abigail Wyatt Madison Caleb Naomi Dylan Tessa Owen "
     "Maeve Declan Bridget Connor Paige Tyler Brooke Jordan Kayla Austin Megan Blake Hazel Gavin June Wesley "
     "Ruth",
     "Whitfield Ashcombe Harlow Pemberton Thornbury Caldwell Winslow Hartley Bexley Langford Prescott "
     "Holloway Marsden Fairfax Kingsley Radcliffe Stanhope Wetherby Alder Beckett Crosby Delaney Ellison "
     "Fenwick Garrity Haldane Ingram Jessop Kendrick Lockwood Merrick Norwood Oakley Penrose Quigley Rowland "
     "Sheldon Tilford Underhill Vickers Walcott Yardley Barlow Cartwright Dempsey Eastwick Farrow Gilmore "
     "Huxley Keating"},
    // Spanish
    {"ES MX CO AR PE VE CL EC GT CU BO DO HN PY SV NI CR PA UY PR GQ",
     "Mateo Valentina Santiago Camila Sebastian Lucia Diego Ximena Joaquin Renata Emiliano Catalina "
     "Alejandro Fernanda Javier Paola Andres Mariana Rodrigo Daniela Gonzalo Pilar Ignacio Rocio Esteban "
     "Jimena Hernan Marisol Facundo Soledad Cristobal Noelia Ramiro Araceli Agustin Yolanda Leandro Belen "
     "Julian Carmen Raul Itzel Hugo Dolores Nicolas Micaela Alvaro Consuelo",
     "Garcia Hernandez Gutierrez Morales Castillo Villanueva Escobar Fuentes Guerrero Iglesias Jimenez "
     "Lozano Maldonado Navarro Ocampo Paredes Quintero Rosales Salazar Trujillo Urrutia Valdez Zamora "
     "Arellano Benitez Calderon Delgado Espinoza Figueroa Galvan Huerta Ibarra Juarez Landeros Medrano "
     "Nogales Orellana Palacios Quiroga Rivadeneira Sandoval Tapia Uribe Velasco Zapata Aguilera Bustamante "
     "Cisneros"},
    // Portuguese
    {"BR PT AO MZ CV GW TL",
     "Joao Beatriz Gustavo Larissa Thiago Leticia Rafael Gabriela Felipe Juliana Vinicius Isadora Caio Bruna "
     "Otavio Manuela Henrique Luana Murilo Yasmin Duarte Ines Tomas Leonor Afonso Matilde Goncalo Carolina "
     "Igor Jussara Wagner Rosangela Everton Tainara Anderson Priscila Heitor Cecilia Davi Helena",
     "Silveira Oliveira Carvalho Ribeiro Almeida Nogueira Teixeira Barbosa Cardoso Moreira Cavalcanti "
     "Monteiro Azevedo Pinheiro Machado Queiroz Fonseca Siqueira Tavares Vasconcelos Bittencourt Coelho "
     "Dantas Esteves Furtado Guimaraes Lacerda Magalhaes Nascimento Peixoto Quintela Rezende Saldanha Toledo "
     "Valadares Xavier Brandao Figueiredo Junqueira Leitao"},
    // French
    {"FR BE RE HT",
     "Lucas Manon Hugues Camille Gabin Chloe Mathis Lea Theo Juliette Antoine Elodie Clement Margaux "
     "Baptiste Solene Quentin Oceane Bastien Anais Thibault Clemence Remi Maelle Florian Aurelie Loic "
     "Coralie Yannick Sandrine Gaspard Apolline Etienne Delphine Corentin Ninon",
     "Lefebvre Moreau Garnier Rousseau Blanchard Chevalier Delacourt Fontaine Girardin Lambert Mercier "
     "Perrin Renaud Sauvage Thibaud Vasseur Beaumont Carpentier Dufresne Escoffier Gauthier Joubert Lacroix "
     "Marchand Noiret Pelletier Rambert Seguin Tessier Valentin Aubry Bonnard Charpentier Delorme Favreau "
     "Guillemin"},
    // German
    {"DE AT CH",
     "Lukas Leonie Finn Mia Jonas Lena Maximilian Hanna Felix Johanna Moritz Klara Jannik Frieda Niklas "
     "Greta Fabian Annika Tobias Katharina Florentin Magdalena Matthias Svenja Ruben Pauline Konrad Wiebke "
     "Lennart Mareike Torben Heike Dominik Steffi Anton Lotte Emil Theresa",
     "Schneider Fischer Hoffmann Brandt Lehmann Kaufmann Vogel Winkler Baumgartner Krause Steiner Hartmann "
     "Zimmermann Albrecht Bergmann Dietrich Engelhardt Friedrich Gruber Heinrich Jaeger Kirchner Lindner "
     "Moser Neumann Oberhauser Pfeiffer Reinhardt Seidel Thalberg Ullrich Voigt Wagenknecht Ziegler "
     "Achterberg Brunner Eichinger Hollerbach"},
    // Italian
    {"IT",
     "Lorenzo Giulia Alessandro Chiara Matteo Francesca Riccardo Martina Davide Elisa Federico Alessia "
     "Simone Beatrice Gabriele Arianna Edoardo Ginevra Niccolo Ludovica Tommaso Silvia Giacomo Ilaria Pietro "
     "Serena Emanuele Caterina Fabrizio Noemi",
     "Rossetti Bianchi Ferraro Colombo Ricciardi Marchetti Galli Lombardi Moretti Barbieri Fontana Santoro "
     "Marinelli Conti Giordano Rizzi Caruso Ferrante Mancini Benedetti Cattaneo Donati Esposito Fiorentini "
     "Grassi Leone Montanari Orlandi Pellegrini Sartori"},
    // Dutch
    {"NL SR CW",
     "Daan Sanne Bram Fleur Sem Lotte Thijs Femke Ruud Anouk Jasper Marit Joost Iris Sander Esmee Wouter "
     "Lieke Niels Roos Koen Maartje Pim Jildou",
     "Bakker Visser Smit Meijer Mulder Vos Hendriks Dekker Dijkstra Kuipers Hoekstra Postma Schouten "
     "Verhoeven Willemsen Terpstra Zijlstra Brouwer Kramer Huisman Vandenberg Dewit Vermeulen Oosterhuis"},
    // Scandinavian
    {"SE NO DK IS",
     "Elias Astrid Axel Ebba Nils Sigrid Gustav Linnea Viggo Saga Anders Ingrid Magnus Solveig Henrik Maja "
     "Lars Tuva Mikkel Freja Sven Alva Kasper Signe Erlend Thea Bjorn Gudrun Rasmus Liv",
     "Lindqvist Bergstrom Nyberg Sandberg Holmgren Ekstrom Forsberg Dahlgren Sjoberg Wallin Hansen Johansen "
     "Kristiansen Nygaard Haugland Solberg Bakken Thorsen Rasmussen Mortensen Kjeldsen Ostergaard Lindholm "
     "Aagaard Stefansson Gunnarsson Engstrom Hedlund Lundgren Skov"},
    // Finnish and Estonian
    {"FI EE",
     "Eino Aino Onni Helmi Vaino Kaisa Mikko Tuuli Jukka Riikka Antti Sanni Ville Outi Kaarel Liis Rasmus "
     "Kadri Tanel Marika",
     "Virtanen Korhonen Nieminen Makinen Hamalainen Laaksonen Rantala Salonen Heikkila Lehtonen Tamm Saar "
     "Kask Magi Rebane Ilves Kukk Oja Pihlak Raudsepp"},
    // Polish; here and below where a family name has two forms, only those that serve both, or one sex
    {"PL",
     "Jakub Zuzanna Szymon Maja Filip Aleksandra Kacper Oliwia Wojciech Natalia Michal Wiktoria Mikolaj "
     "Amelia Stanislaw Gabrysia Krzysztof Agnieszka Tomasz Malgorzata Pawel Joanna Bartosz Karolina Lukasz "
     "Weronika Marcin Dorota Rafal Iwona",
     "Kowalczyk Wojcik Lewandowicz Wozniak Mazur Krawczyk Pawlak Adamczyk Dudek Zajac Wieczorek Krol Stepien "
     "Sikora Walczak Szewczyk Pietrzak Kubiak Kaczmarek Sobczak Kurek Bielak Marciniak Wojtas Gawron Klimek "
     "Banas Pajak"},
    // Czech and Slovak
    {"CZ SK",
     "Jiri Tereza Vojtech Eliska Ondrej Barbora Matej Kristyna Lubos Zdenka Radek Lucie Marek Veronika Petr "
     "Jitka Samuel Zuzka Juraj Ivana",
     "Krejci Koci Martinu Petru Janu Jirku Pavlu Mateju Tomsu Kubu"},
    // East Slavic
    {"RU BY UA",
     "Dmitri Anastasia Ivan Ekaterina Alexei Polina Nikita Daria Sergei Ksenia Andrei Sofia Mikhail Alina "
     "Pavel Yulia Artem Olga Maksim Irina Oleksandr Oksana Taras Kateryna Bohdan Svitlana Kirill Vera Roman "
     "Galina",
     "Shevchuk Kovalenko Bondarenko Tkachenko Kravchenko Melnyk Rudenko Savchenko Petrenko Marchenko Lysenko "
     "Moroz Koval Tkachuk Polishchuk Oliynyk Boyko Klymenko Levchenko Yurchenko Goncharuk Zhuk Karpenko "
     "Sydorenko Gerasimenko Chernykh Sedykh Dolgikh Belykh Zhivago"},
    // South Slavic
    {"RS HR BA SI ME",
     "Luka Milica Nikola Jovana Marko Ivanka Stefan Tijana Petar Katarina Ante Lucija Goran Marija Matija "
     "Nika Dragan Jelena",
     "Petrovic Jovanovic Nikolic Markovic Stojanovic Ilic Pavlovic Horvat Babic Knezevic Kovacevic Juric "
     "Novosel Zupan Kranjc Vidmar Begovic Lukic"},
    // Bulgarian men, Macedonian women
    {"BG", "Vasil Georgi Dimitar Plamen Krasimir Boyan Todor Kaloyan Stoyan Rumen Hristo Lyubomir",
     "Dimitrov Georgiev Todorov Angelov Hristov Stoyanov Kolev Iliev"},
    {"MK", "Desislava Radka Snezhana Biljana Vesna Elica Gordana Zorica",
     "Trajkovska Popovska Stojanovska Ristovska Nikolovska Jovanovska Petrovska Angelovska"},
    // Lithuanian men, Latvian women
    {"LT", "Jonas Mantas Tomas Lukas Andrius Darius Vytautas Rokas",
     "Kazlauskas Petrauskas Jankauskas Stankevicius Vaitkus Butkus Zukauskas Urbonas"},
    {"LV", "Liga Ilze Zane Inese Dace Anita Sanita Kristine",
     "Berzina Kalnina Ozolina Jansone Ozola Liepina Krumina Balode"},
    // Greek men, Cypriots with names of one form
    {"GR", "Giorgos Dimitris Kostas Yannis Nikos Panagiotis Spyros Thanos Stavros Vasilis Christos Manolis",
     "Papadakis Nikolaidis Vlachos Karagiannis Makris Dimopoulos Kontos Pappas Angelidis Samaras Zervas "
     "Lekkas"},
    {"CY", "Eleni Katerina Vasiliki Sophia Angeliki Georgia Despina Ioanna Zoe Andreas Savvas Loizos",
     "Georgiou Economou Christou Theodorou Kyriakou Charalambous Ioannou Antoniou Neophytou"},
    // Hungarian
    {"HU",
     "Bence Hanga Levente Zsofia Mate Reka Balint Dorka Adam Eszter Gergo Fanni Zoltan Agnes Attila Ildiko",
     "Nagy Kovacs Toth Szabo Horvath Varga Kiss Molnar Nemeth Farkas Balogh Papp Lakatos Takacs Juhasz "
     "Meszaros"},
    // Romanian
    {"RO MD",
     "Andrei Ioana Mihai Elena Stefan Bianca Vlad Raluca Cosmin Adriana Radu Simona Ciprian Oana Tudor "
     "Mihaela Dragos Alina",
     "Popescu Ionescu Dumitru Stancu Gheorghe Constantinescu Munteanu Moldovan Ciobanu Rusu Dinu Lazarescu "
     "Marin Tudose Neagu Ungureanu Vasilescu Croitoru"},
    // Albanian
    {"AL XK", "Arben Teuta Ilir Besa Dritan Mirela Luan Vjosa Agron Albana Blerim Drita",
     "Hoxha Shehu Kola Gashi Krasniqi Berisha Leka Marku Prifti Rama Dervishi Bytyqi"},
    // Turkish
    {"TR AZ TM",
     "Mehmet Zeynep Mustafa Elif Emre Defne Yusuf Ayse Burak Merve Murat Esra Kerem Selin Ozan Busra Cem "
     "Gizem Hakan Dilara Serkan Nazli Tolga Ebru Baris Sibel Rashad Aygun Elchin Leyla",
     "Yilmaz Demir Celik Sahin Yildiz Aydin Ozturk Arslan Dogan Kilic Aslan Cetin Kara Koc Kurt Ozdemir "
     "Simsek Polat Korkmaz Erdem Ozkan Yavuz Tekinel Alpay Turan Bulut Karaca Tekin Unal Acar"},
    // Arabic
    {"EG SA IQ SD MA SY YE DZ TN LY JO LB AE KW QA BH OM PS MR EH DJ SO",
     "Ahmed Fatima Omar Mariam Youssef Nour Khaled Huda Hassan Salma Tariq Rania Karim Layla Mahmoud Amira "
     "Walid Dina Ziad Yara Samir Hala Bilal Rim Faisal Noura Nabil Samira Rashid Zahra Anas Lina Hamza Asmaa "
     "Idris Widad",
     "Haddad Khoury Nasser Mansour Farouk Hamdan Jaber Qasim Saleh Shaheen Abdallah Najjar Fadel Ghanem "
     "Hijazi Issa Kanaan Lahoud Masri Nassar Othman Rahal Sabbagh Tamimi Zaki Bakri Darwish Fayyad Harb "
     "Jundi Kabbani Maalouf Obeid Qadri Shami Zein"},
    // Persian
    {"IR AF TJ",
     "Arash Parisa Kaveh Shirin Behzad Niloofar Farhad Golnaz Reza Mahsa Siavash Roya Kamran Laleh Babak "
     "Azadeh Jamshid Anahita Navid Setareh",
     "Ahmadi Hosseini Karimi Rahimi Moradi Jafari Sadeghi Akbari Rostami Tehrani Shirazi Farahani Kazemi "
     "Norouzi Parsa Ebadi Daneshvar Zamani Noori Yazdani"},
    // Hebrew
    {"IL", "Noam Tamar Itai Yael Eitan Shira Uri Maya Ariel Talia Amit Noga",
     "Cohen Mizrahi Peretz Biton Dahan Avraham Friedler Azulay Malka Katzir Shalev Harari"},
    // Hindi and other Indian languages
    {"IN NP MU",
     "Aarav Ananya Vihaan Diya Arjun Ishita Rohan Priya Karan Kavya Siddharth Neha Rahul Pooja Vikram Meera "
     "Aditya Shreya Nikhil Riya Sanjay Lakshmi Manish Divya Suresh Anjali Rajesh Sneha Harish Gayatri "
     "Abhishek Nandini Varun Swati Kiran Deepika Pranav Tanvi Gautam Radhika Mohan Sunita Bikash Asmita",
     "Sharma Verma Gupta Mehta Patel Reddy Iyer Nair Chatterjee Banerjee Mukherjee Deshmukh Kulkarni Joshi "
     "Rao Pillai Menon Agarwal Bhatt Chauhan Desai Ghosh Hegde Jain Kapoor Malhotra Naidu Pandey Rathore "
     "Saxena Thakur Trivedi Yadav Shetty Bose Krishnan Mishra Sinha Tiwari Gurung Shrestha Thapa Adhikari "
     "Dubey"},
    // Urdu
    {"PK",
     "Imran Ayesha Usman Sana Bilawal Hira Faizan Mehwish Asad Rabia Hamid Saima Zubair Adnan Tahira Sajid "
     "Bushra Shahid",
     "Khan Qureshi Siddiqui Chaudhry Malik Hashmi Baig Mirza Awan Bhutta Javed Raza Sheikh Butt Ansari Lodhi "
     "Niazi Kazmi"},
    // Bengali and Maldivian
    {"BD MV", "Rafiq Nusrat Tanvir Sharmin Arif Farzana Kamal Rumana Nadia Mahbub Shirina Jahangir",
     "Rahman Chowdhury Hossain Alam Talukder Sarkar Miah Haque Mollah Bhuiyan Sikder Mridha"},
    // Sinhala and Tamil
    {"LK", "Nuwan Dilani Kasun Sanduni Chamara Nimali Ruwan Ishara Dinesh Thilini Saman Hiruni",
     "Perera Fernando Jayawardena Wickramasinghe Bandara Gunasekara Silva Rajapaksha Dissanayake Herath "
     "Senanayake Weerasinghe"},
    // Chinese
    {"CN TW HK SG MO",
     "Wei Fang Jun Xiuying Ming Yan Hao Jing Lei Hui Peng Ting Tao Xia Qiang Mei Bo Juan Kai Lan Zhihao "
     "Yuting Haoran Xinyi Zixuan Jiayi Yichen Shihan Tianyu Meiling Guowei Lihua Weiming Xiaoyan Jianhua "
     "Yulan Chenxi Ruolan Zhenyu Qiuyue Haoyu Wanting Junjie Peishan Kaiwen Siqi Yaoming Lingyu",
     "Zhang Wang Liu Chen Yang Huang Zhao Zhou Xu Sun Zhu Gao Lin Guo Luo Zheng Liang Xie Song Tang Deng "
     "Feng Cao Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Du Ye Cheng Lu Ren Fu Shen Yao Cui Tan Qiu Ouyang "
     "Situ Kwok Leung"},
    // Japanese
    {"JP",
     "Haruto Yui Sota Hina Yuto Sakura Ren Aoi Riku Mio Daiki Rin Kaito Misaki Takumi Nanami Kenji Ayaka "
     "Hiroshi Yuka Shota Emi Ryota Kana Naoki Haruka Makoto Chihiro Satoshi Tomoko Kazuya Megumi",
     "Sato Suzuki Takahashi Tanaka Watanabe Ito Yamamoto Nakamura Kobayashi Kato Yoshida Yamada Sasaki "
     "Yamaguchi Matsumoto Inoue Kimura Hayashi Shimizu Mori Abe Ikeda Hashimoto Ishikawa Ogawa Okada "
     "Hasegawa Fujita Goto Murakami Kondo Endo"},
    // Korean
    {"KR KP",
     "Minjun Seoyeon Jihoon Jiwoo Hyunwoo Soojin Doyun Haeun Junseo Yejin Taeyang Minji Sungho Eunji Woojin "
     "Nayeon Jaehyun Dahye Kyungsoo Boram Siwoo Chaewon Donghyun Yuna",
     "Kim Lee Park Choi Jung Kang Cho Yoon Jang Lim Han Oh Seo Shin Kwon Hwang Ahn Hong Moon Bae Baek Noh "
     "Namgung Seong"},
    // Vietnamese
    {"VN",
     "Minh Linh Tuan Huong Duc Thao Quang Trang Hung Ngoc Khanh Phuong Long Thuy Dung Hanh Viet Lam Hieu Chi",
     "Nguyen Tran Le Pham Hoang Phan Vu Vo Dang Bui Do Ho Ngo Duong Ly Dinh Truong Trinh Mai Dao"},
    // Thai, Khmer and Lao
    {"TH KH LA",
     "Somchai Malee Anan Suda Niran Ploy Krit Kanya Wichai Siriporn Arthit Nok Chai Pimchanok Dara Sophea "
     "Rithy Bopha Khamphone Noy",
     "Saetang Wongsakul Chaiyasit Srisuk Thongchai Boonmee Rattanakul Suwan Kittisak Phromma Sok Chea Keo "
     "Heng Meas Sisavath Vongsa Phommachan Jaidee Kasemsan"},
    // Burmese
    {"MM", "Aung Hnin Zaw Thida Kyaw Khin Min Myint Nay Phyu Thura Yadanar",
     "Htet Lwin Oo Soe Tun Win Maung Naing Thein Zin Hlaing Myat"},
    // Indonesian and Malay
    {"ID MY",
     "Budi Siti Agus Dewi Rizky Putri Andi Ayu Dimas Wulan Fajar Ratna Eko Indah Hendra Rina Bayu Lestari "
     "Adit Maharani Irfan Nurul Joko Kartika Hafiz Aisyah Yoga Citra Reza Melati",
     "Santoso Wijaya Pratama Saputra Nugroho Hidayat Kusuma Setiawan Wibowo Hartono Suryadi Gunawan Susanto "
     "Permana Utomo Siregar Nasution Lubis Simatupang Harahap Ismail Razak Hamzah Othmani Kurniawan Maulana "
     "Purnomo Ramadhan Halim Suharto"},
    // Filipino
    {"PH",
     "Jomar Maricel Rodel Liezel Arnel Jocelyn Rowena Ramil Analyn Jericho Princess Angelo Rosalie Dodong "
     "Kristine Benjie",
     "Dimaculangan Macaraeg Bautista Pangilinan Magsaysay Lacson Dumlao Manalo Catacutan Balagtas Salonga "
     "Tolentino Galang Macapagal Sumulong Dalisay"},
    // West Africa, English speaking
    {"NG GH LR SL GM",
     "Chinedu Amaka Emeka Ngozi Tunde Folake Ifeanyi Chioma Segun Yetunde Obinna Adaeze Babatunde Funmilayo "
     "Musa Aishatu Ibrahim Zainab Kwame Ama Kofi Abena Yaw Akosua Kojo Efua Kelechi Temitope Uche Bolanle "
     "Sunday Blessing",
     "Okafor Adeyemi Okonkwo Balogun Eze Adebayo Nwosu Ogunleye Obi Afolabi Chukwu Olawale Uzoma Akintola "
     "Bello Abubakar Danjuma Mensah Owusu Boateng Asante Appiah Osei Agyeman Ofori Kamara Sesay Koroma "
     "Jallow Ceesay Igwe Onyema"},
    // The Sahel and Guinea
    {"SN ML GN BF NE TD",
     "Mamadou Aminata Ousmane Fatou Ibrahima Awa Moussa Mariama Abdoulaye Aissatou Cheikh Khady Seydou Rokia "
     "Adama Bintou",
     "Diallo Traore Coulibaly Ouedraogo Diop Ndiaye Keita Camara Toure Sow Fall Sarr Cisse Sanogo Sawadogo"},
    // The coast of Guinea, French speaking
    {"CI BJ TG", "Serge Clarisse Herve Chantal Didier Nadege Fabrice Affoue Konan Aya Koffi Adjoua",
     "Kone Kouassi Kouame Lokossou Agbodjan Koffigoh Yapi Gnassounou Amegan Hounkpatin"},
    // Central Africa, French speaking, and Madagascar
    {"CD CG CM GA CF BI MG",
     "Jean Marie Patrice Mireille Christian Esperance Divine Landry Grace Merveille Dieudonne Solange",
     "Mbemba Ilunga Kabongo Mukendi Tshibangu Nkulu Etoundi Mbarga Ngoma Mabiala Nzuzi Makiese"},
    // East Africa
    {"KE TZ UG RW MW SS",
     "Wanjiru Otieno Akinyi Kamau Achieng Kipchoge Njeri Juma Neema Baraka Zawadi Amani Kato Nakato Okello "
     "Apio Jabali Rehema Mwangi Wambui Omondi Atieno Daudi Asha",
     "Mutua Kariuki Odhiambo Wekesa Cheruiyot Kimani Njoroge Ochieng Mwakasege Massawe Mrema Nyambura "
     "Ssemakula Nsubuga Mugisha Byaruhanga Habimana Uwimana Banda Phiri Deng Lado Kiprono Barasa"},
    // Ethiopian
    {"ET ER", "Abebe Tigist Dawit Selam Yonas Hiwot Bereket Meron Kidus Almaz Tesfaye Genet",
     "Bekele Tadesse Haile Girma Alemu Kebede Desta Wolde Mekonnen Assefa Ghebre Tekle"},
    // Southern Africa
    {"ZA ZW ZM BW NA LS SZ",
     "Sipho Nomsa Thabo Lerato Bongani Zanele Mandla Thandiwe Kagiso Palesa Lwazi Nokuthula Tendai Rudo "
     "Tapiwa Chipo Pieter Annelie Johan Elsabe Mutale Chanda Tebogo Naledi",
     "Dlamini Nkosi Khumalo Mokoena Ndlovu Zulu Mahlangu Sithole Mthembu Molefe Botha Venter Pretorius "
     "Coetzee Moyo Ncube Chikowore Mutasa Tembo Mulenga Zimba Shikongo Moatshe Motsepe"},
    // Kazakh men, Uzbek and Kyrgyz women
    {"KZ", "Nursultan Timur Azamat Sardor Daniyar Aibek Yerlan Arman",
     "Nurmagambetov Akhmetov Suleimenov Omarov Zhaksylykov Sadykov Asanov Saparov"},
    {"UZ KG", "Aigerim Dinara Gulnara Nilufar Kamila Madina Zarina Aliya",
     "Karimova Rakhimova Yuldasheva Tursunova Ismailova Abdullaeva Toktogulova Mirzaeva"},
    // Georgian and Armenian
    {"GE AM",
     "Levan Nino Davit Tamari Zurab Ketevan Irakli Eka Armen Ani Hayk Narine Tigran Lusine Vahan Gayane",
     "Beridze Kapanadze Gelashvili Lomidze Tsiklauri Giorgadze Chkheidze Kobakhidze Petrosyan Sargsyan "
     "Grigoryan Hakobyan Harutyunyan Karapetyan Manukyan Avetisyan"},
    // Mongolian
    {"MN", "Batbayar Oyuna Temuulen Sarnai Ganbold Altan Munkh Tsetseg",
     "Bold Ganzorig Erdene Tsogt Bayar Dorj Sukh Enkh"},
};

}  // namespace

const std::vector<NameGroup>& name_groups() {
  static const auto groups = [] {
    std::vector<NameGroup> made;
    for (const GroupText& text : kGroups)
      made.push_back({text.countries, split_words(text.given), split_words(text.family)});
    return made;
  }();
  return groups;
}

std::size_t name_group_of(std::string_view country) {
  const auto& groups = name_groups();
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (groups[i].countries.find(country) != std::string_view::npos) return i;
  return 0;
}

}  // namespace racesim
