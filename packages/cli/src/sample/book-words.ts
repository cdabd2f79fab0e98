/*
 * The words that the sample catalogue is made of. Surnames are put together from two halves, so that no author is
 * anybody. Changing a word changes the catalogue.
 */

export const GIVEN_NAMES = words(`
  Ada Agnes Alba Amir Anselm Asta Bela Bruno Cecile Clara Dalia Dario Edda Elin Emeka Enzo Esme Farid Femi Fleur
  Gita Greta Hana Hugo Ida Ilse Imre Ines Ivo Jonas Josefa Kaito Karim Kirsi Lars Leila Lior Livia Maren Mateo
  Mina Nadia Nils Noor Odile Olek Orla Paz Petra Quentin Rania Remy Rosa Sanna Sefa Selim Signe Suri Tamar Teo
  Thandi Tove Uma Vera Viggo Wanda Wim Xenia Yara Yusuf Zelda Zora`);

export const SURNAME_HALVES = {
  first: words(`
    Alder Bramble Cinder Copper Damson Ember Falter Gallow Hazel Inkle Jasper Kestrel Lantern Marrow Nettle
    Ostler Pewter Quarrel Russet Saffron Tallow Umber Velvet Wander Yarrow`),
  second: words(`beck bourne combe croft dene fall garth holt lund mere quist ridge shaw strand thorpe wend`),
} as const;

export const PUBLISHERS = [
  'Amberley & Thrush',
  'Blue Ladder Press',
  'Copperbeech Books',
  'Driftwood House',
  'Eleventh Street Editions',
  'Fenlight',
  'Gannet & Sons',
  'Harbour Lamp Press',
  'Inkwell Row',
  'Juniper Yard',
  'Kettlehole Books',
  'Longwater',
  'Marmalade Press',
  'North Quay Editions',
  'Open Gate',
  'Paper Otter',
  'Quince Tree Press',
  'Saltmarsh & Reed',
  'Tin Whistle Books',
  'Wren Hall',
] as const;

/** What titles of a genre are made of: patterns with places for words. */
export interface GenreWords {
  readonly genre: string;
  readonly patterns: readonly string[];
  readonly adjectives: readonly string[];
  /** Things, without an article. */
  readonly nouns: readonly string[];
  /** What `{of}` stands for: places, times and matters, as they follow "of" or "in". */
  readonly matters: readonly string[];
}

export const GENRES: readonly GenreWords[] = [
  {
    genre: 'Novel',
    patterns: ['The {adjective} {noun}', 'A {noun} in {of}', 'The {noun} and the {other}', 'What the {noun} Knew'],
    adjectives: words('Borrowed Forgotten Patient Unfinished Narrow Second Quiet Crooked Painted Hollow'),
    nouns: words(
      'House Orchard Letter Bridge Piano Summer Winter Garden Daughter Mirror Ferry Kitchen Photograph Stair',
    ),
    matters: list('Late October, the Upper Town, Other Rooms, Plain Sight, the Years Between, a Foreign Hand'),
  },
  {
    genre: 'Crime',
    patterns: ['Death of a {noun}', 'The {adjective} {noun}', 'Murder in {of}', 'The {noun} Never Left'],
    adjectives: words('Silent Missing Locked Last Thirteenth Careless Midnight False Broken Obliging'),
    nouns: words(
      'Witness Locksmith Auctioneer Ledger Alibi Passenger Confession Beekeeper Verdict Lodger Shadow Pawnbroker',
    ),
    matters: list(
      'the Reading Room, Platform Nine, the Dye Works, the Salt Cellar, the Winter Palace Hotel, Small Hours',
    ),
  },
  {
    genre: 'Science fiction',
    patterns: ['{noun} of {of}', 'The {adjective} {noun}', 'Beyond the {noun}', 'A {noun} for {of}'],
    adjectives: words('Orbital Glass Recursive Distant Cold Thinking Weightless Hundredth Sleeping Borrowed'),
    nouns: words('Signal Colony Lighthouse Archive Engine Horizon Cartographer Garden Transit Machine Tide Beacon'),
    matters: list('the Ninth Moon, Slow Light, the Long Night, Two Suns, the Outer Shelf, Empty Stations'),
  },
  {
    genre: 'Fantasy',
    patterns: ['The {noun} of {of}', 'The {adjective} {noun}', '{noun} and {other}', 'Song of the {noun}'],
    adjectives: words('Thorned Silver Nameless Sunken Moonlit Exiled Whispering Ivory Last Burning'),
    nouns: words('Crown River Witch Tower Lantern Raven Oath Forest Harp Mask Gatekeeper Serpent'),
    matters: list('the Grey Isles, Broken Hours, Hallowmere, the Drowned Kings, Ash and Amber, the Seven Doors'),
  },
  {
    genre: 'History',
    patterns: [
      'A Short History of {of}',
      'The {adjective} {noun}',
      '{of}: The Untold Story',
      'The {noun} That Made {of}',
    ],
    adjectives: words('Divided Merchant Forgotten Long Imperial Wandering Contested Inland'),
    nouns: words('Harvest Frontier Canal Treaty Market Century Harbour Parliament Road Rebellion Census'),
    matters: list(
      'Salt, the Northern Ports, Paper, Lighthouses, the Spice Road, Bread, Clocks, Small Republics, Ferries',
    ),
  },
  {
    genre: 'Science',
    patterns: ['The {adjective} {noun}', 'Why {of} Matter', 'The {noun} and the {other}', 'An Introduction to {of}'],
    adjectives: words('Hidden Curious Restless Elegant Improbable Tidal Living Invisible'),
    nouns: words('Cell Pendulum Molecule Reef Fossil Planet Prism Moth Glacier Theorem Atom'),
    matters: list(
      'Prime Numbers, Soils, Migrating Birds, Waves, Tides, Lichens, Proteins, Errors, Distributed Systems',
    ),
  },
  {
    genre: 'Poetry',
    patterns: ['{adjective} {noun}', 'Poems from {of}', 'The {noun}, the {other}', '{noun} at {of}'],
    adjectives: words('Small Unsent Evening Common Salt Provisional Bright Migratory'),
    nouns: words('Psalms Weather Bread Hours Swallows Stones Rain Light Windows Apples'),
    matters: list('the Allotment, Low Water, the Night Bus, Dusk, the Ward, Midsummer, the Border'),
  },
  {
    genre: 'Children',
    patterns: [
      'The {adjective} {noun}',
      'The {noun} Who Ate {of}',
      'Goodnight, {adjective} {noun}',
      '{noun} and {other}',
    ],
    adjectives: words('Tiny Grumpy Purple Upside-Down Sleepy Muddy Dancing Hungry'),
    nouns: words('Hippo Dragon Teapot Badger Umbrella Cloud Penguin Snail Wizard Bicycle Goose'),
    matters: list('Tuesday, the Alphabet, the Moon, Breakfast, All the Socks, the Number Seven'),
  },
  {
    genre: 'Cookery',
    patterns: ['The {adjective} {noun}', 'Cooking with {of}', '{noun} and {other}', '{of} Every Day'],
    adjectives: words('Slow Frugal Seaside Sunday Wild Generous Modern One-Pot'),
    nouns: words('Kitchen Table Oven Larder Skillet Pantry Feast Supper Loaf'),
    matters: list('Beans, Lemons, Fire, Leftovers, Root Vegetables, Rye, Herbs, Preserves'),
  },
  {
    genre: 'Travel',
    patterns: ['On Foot through {of}', 'The {adjective} {noun}', 'Slow Trains to {of}', 'A {noun} in {of}'],
    adjectives: words('Far Dusty Northern Unmapped Roundabout Last High Windward'),
    nouns: words('Road Island Border Harbour Winter Caravan Pass Ferry Season Map'),
    matters: list('the Tin Coast, the High Passes, Nowhere in Particular, the Amber Islands, the Steppe, the Delta'),
  },
];

/** Words with blanks between. */
function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** Phrases with commas between. */
function list(text: string): readonly string[] {
  return text.split(', ');
}
