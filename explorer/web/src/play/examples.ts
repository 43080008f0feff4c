/** What a visitor can ask without thinking of something: texts, and digits as the strokes of a pen. */

export interface TextExample {
  /** On its button. */
  readonly name: string;
  readonly text: string;
}

/** By preprocessing: the kinds of text that its models are made for. */
export const TEXT_EXAMPLES: Readonly<Record<string, readonly TextExample[]>> = {
  "char-ngrams-128": [
    { name: "German", text: "Der Zug nach Hamburg hat heute leider zwanzig Minuten Verspätung." },
    { name: "Spanish", text: "Mañana temprano vamos al mercado a comprar fruta fresca para todos." },
    { name: "Finnish", text: "Huomenna lähdemme mökille ja lämmitämme saunan illaksi." },
    { name: "Turkish", text: "Akşam yemeğinden sonra denizin kenarında biraz yürüyelim mi?" },
    { name: "Vietnamese", text: "Sáng mai chúng tôi đi chợ mua rau và cá tươi cho cả nhà." },
    { name: "Welsh", text: "Mae hi'n bwrw glaw yng Nghaerdydd y prynhawn yma." },
  ],
  "word-counts-512": [
    {
      name: "An advertisement",
      text:
        "CONGRATULATIONS!!! You have been selected to receive $5,000 CASH. No credit check, no risk, 100% free. " +
        "Click here now to claim your money before this limited time offer ends! Make money fast from home $$$. " +
        "To be removed from our mailing list reply with REMOVE in the subject.",
    },
    {
      name: "A letter",
      text:
        "Hi Anna, the meeting moved to Thursday at ten. I looked at the patch you sent to the list and it works for me, " +
        "but the second test still fails on my machine because the file is missing. Could you check whether it was " +
        "committed? Thanks, Tom",
    },
  ],
};

/** A stroke is a line through points, in hundredths of the paper's sides. */
export type Stroke = readonly (readonly [x: number, y: number])[];

/** How a hand writes the digits 0 to 9. */
export const DIGITS: readonly (readonly Stroke[])[] = [
  [ring(50, 50, 20, 30)],
  [
    [
      [40, 32],
      [53, 20],
      [51, 50],
      [50, 80],
    ],
  ],
  [
    [
      [32, 34],
      [38, 23],
      [50, 19],
      [62, 25],
      [65, 37],
      [58, 50],
      [46, 63],
      [33, 78],
      [50, 77],
      [70, 78],
    ],
  ],
  [
    [
      [33, 25],
      [48, 19],
      [62, 25],
      [63, 37],
      [55, 46],
      [44, 49],
      [58, 52],
      [67, 62],
      [62, 75],
      [48, 81],
      [32, 75],
    ],
  ],
  [
    [
      [43, 20],
      [37, 38],
      [32, 54],
      [50, 54],
      [70, 53],
    ],
    [
      [61, 32],
      [59, 55],
      [57, 82],
    ],
  ],
  [
    [
      [66, 21],
      [42, 21],
      [38, 45],
      [52, 43],
      [65, 51],
      [66, 66],
      [56, 79],
      [42, 80],
      [32, 73],
    ],
  ],
  [
    [
      [60, 19],
      [46, 30],
      [37, 48],
      [35, 66],
      [43, 79],
      [56, 80],
      [65, 70],
      [62, 57],
      [50, 52],
      [37, 60],
    ],
  ],
  [
    [
      [32, 24],
      [50, 23],
      [68, 22],
      [60, 40],
      [52, 60],
      [47, 81],
    ],
  ],
  [
    [
      [64, 28],
      [52, 19],
      [38, 25],
      [38, 37],
      [50, 47],
      [63, 57],
      [65, 71],
      [51, 81],
      [36, 73],
      [37, 60],
      [50, 48],
      [62, 38],
      [64, 28],
    ],
  ],
  [
    [
      [64, 36],
      [57, 23],
      [43, 22],
      [35, 34],
      [40, 47],
      [53, 49],
      [63, 38],
      [64, 30],
      [62, 52],
      [57, 80],
    ],
  ],
];

/** A closed curve that begins and ends at the top. */
function ring(x: number, y: number, width: number, height: number): Stroke {
  return Array.from({ length: 25 }, (_, i) => {
    const angle = (i / 24) * 2 * Math.PI - Math.PI / 2;
    return [x + width * Math.cos(angle), y + height * Math.sin(angle)] as const;
  });
}
