"""Words that say what a company does or where it is rather than which it is; in short spelling, as `names.short_word` has it.

They tell little in any register. In a large one the counts show it; in a list of thirty accounts every word looks rare.
"""

from __future__ import annotations

from enrichment.names import short_word

_WORDS = """
academy access accounting acquisition action advanced advisors aerospace affiliates agency air airlines all alliance allied alternative american analytics
apartments apparel applied architects arts assets associates association assurance atlantic auto automation automotive aviation bakery bancorp bancshares bank banking
basic bay beauty beverage bio biologics biomedical biopharma bioscience biosciences biotech biotechnology black blue body brands brewing broadcasting brothers builders
building bus business cable california canada capital cards care cars casino catering cell cement center central century charter chemical chicago child china church
city clean clinic clinical cloud club coal coast coatings coffee cold college columbia commerce commercial communications community components computer computing concepts
concrete construction consulting consumer containers controls corporate cosmetics county credit crown custom cyber dairy dallas data dental design development devices
diagnostics digital direct distribution diversified drilling drug dynamics eagle east eastern east education electric electronics elementary energy engineering
entertainment environmental equipment equity estate europe european exchange express factory family farm farms fashion federal film finance financial fire first fitness
flight florida food foods forest foundation franchise freight fuel furniture future gaming gas gases general genetics georgia germany glass global gold golden
golf government grain graphics great green grocery growth hardware health healthcare heating heavy heritage high holding home homes hospice hospital hospitality hotel
hotels house housing human ice image imaging income independent india industrial industries information infrastructure innovation innovations institute instruments
insurance integrated interactive interior international internet investment investors iron island japan jewelry kids labor laboratories lake land landscaping
laser law learning leasing legal leisure liberty life light lighting line lines liquid living loan local logistics london lumber machine magnetic management
manufacturing marine market marketing markets materials mechanical media medical medicine memorial metal metals metro micro midwest military mills mining
mobile mobility modern money mortgage motion motor motors mountain municipal museum music mutual national natural nature network networks new news north northern
northwest nuclear nursing ocean office oil old one online opportunity optical orthopedic outdoor pacific packaging paint paper park partners parts paving payment
pediatric people performance personal petroleum pharma pharmaceutical pharmaceuticals pharmacy phone physical physicians pipeline plastic plastics plumbing point power
precision premier premium press printing private products professional professionals program projects properties property protection public publishing pump quality quantum
radio rail real realty records recovery recycling red refining regional rehabilitation reit renewable rental research residential resource resources restaurant
restaurants retail river road robotics rock roofing royal royalty rubber safety sales sand savings school schools science sciences security select semiconductor senior
services ship shipping shoes shopping silver smart snacks social software solar solutions source south southern southwest space special specialty sports springs
staffing standard star state states steel storage store stores strategic street studio studios summit sun supply support surgery surgical sustainable systems
tax team tech technical technologies technology telecom telecommunications television texas textile textiles therapeutics therapy timber tire title tobacco tools total
tower town toys trade trading training transit transport transportation travel treatment truck trucking trust union united universal university urban utilities utility
valley value venture ventures veterinary video village vision vista warehouse washington waste water wealth web wellness west western wholesale wind wine winery wireless wood
works world york youth
"""
COMMON_WORDS = frozenset(map(short_word, _WORDS.split()))
