/** One kind of recording in one language, and what such recordings are called. */
export interface RecordingKind {
  readonly languageCode: string;
  /** Opens the title and the file name. */
  readonly label: string;
  readonly subjects: readonly [string, ...string[]];
  readonly speakers: readonly [fewest: number, most: number];
  readonly minutes: readonly [shortest: number, longest: number];
}

const DICTATION = { speakers: [1, 1], minutes: [1, 12] } as const;
const INTERVIEW = { speakers: [2, 3], minutes: [15, 70] } as const;
const MEETING = { speakers: [3, 9], minutes: [20, 110] } as const;
const HEARING = { speakers: [3, 7], minutes: [25, 180] } as const;

/** Dictations, interviews, meetings and court hearings, in German, English and French. */
export const RECORDING_KINDS: readonly [RecordingKind, ...RecordingKind[]] = [
  {
    ...DICTATION,
    languageCode: 'de-DE',
    label: 'Diktat',
    subjects: [
      'Arztbrief Kardiologie',
      'Befund MRT Kniegelenk',
      'Schriftsatz Mietsache',
      'Gutachten Dachstuhl',
    ],
  },
  {
    ...INTERVIEW,
    languageCode: 'de-DE',
    label: 'Interview',
    subjects: [
      'Stadtentwicklung Köln',
      'Zeitzeugin Mauerfall',
      'Pflege im ländlichen Raum',
      'Start-up-Gründerin',
    ],
  },
  {
    ...MEETING,
    languageCode: 'de-DE',
    label: 'Besprechung',
    subjects: [
      'Wochenplanung Redaktion',
      'Gemeinderat März',
      'Projekt Südbrücke',
      'Aufsichtsrat, 2. Quartal',
    ],
  },
  {
    ...HEARING,
    languageCode: 'de-DE',
    label: 'Anhörung',
    subjects: [
      'Landgericht, 12 O 345/25',
      'Amtsgericht, 7 C 88/26',
      'Zeuge Müller',
      'Sachverständige Dr. Weiß',
    ],
  },
  {
    ...DICTATION,
    languageCode: 'en-GB',
    label: 'Dictation',
    subjects: [
      'Discharge summary',
      'Radiology report, chest',
      'Letter to the insurer',
      'Site survey, Dock 4',
    ],
  },
  {
    ...INTERVIEW,
    languageCode: 'en-GB',
    label: 'Interview',
    subjects: ['Oral history, Belfast', 'User research, checkout', 'Novelist at home', 'Climate scientist'],
  },
  {
    ...MEETING,
    languageCode: 'en-GB',
    label: 'Meeting',
    subjects: ['Weekly stand-up', 'Board, second quarter', 'Product roadmap', 'Parents’ council'],
  },
  {
    ...HEARING,
    languageCode: 'en-GB',
    label: 'Court hearing',
    subjects: ['Employment tribunal', 'Planning appeal', 'Witness statement', 'Costs application'],
  },
  {
    ...DICTATION,
    languageCode: 'fr-FR',
    label: 'Dictée',
    subjects: ['Compte rendu opératoire', 'Courrier au confrère', 'Expertise bâtiment', 'Note de plaidoirie'],
  },
  {
    ...INTERVIEW,
    languageCode: 'fr-FR',
    label: 'Entretien',
    subjects: [
      'Vigneronne en Alsace',
      'Mémoire ouvrière, Saint-Étienne',
      'Élu de quartier',
      'Chercheuse au CNRS',
    ],
  },
  {
    ...MEETING,
    languageCode: 'fr-FR',
    label: 'Réunion',
    subjects: ['Comité de rédaction', 'Conseil municipal', 'Suivi de chantier', 'Équipe commerciale'],
  },
  {
    ...HEARING,
    languageCode: 'fr-FR',
    label: 'Audience',
    subjects: [
      'Conseil de prud’hommes',
      'Tribunal de commerce',
      'Audition de l’expert',
      'Cour d’appel de Lyon',
    ],
  },
];
