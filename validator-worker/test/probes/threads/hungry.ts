/** A thread that wants all memory there is. */
const hoard: number[][] = [];
for (;;) hoard.push(Array.from({ length: 100_000 }, Math.random));
