import type { ArenaPayouts, Payouts } from "../../../wire/poi-epochs.ts";
import { notFound } from "../../http/errors.ts";
import type { ApiContext } from "../../http/route.ts";
import { sum } from "../participants.ts";
import { readEpoch, viewEmission } from "./epoch.ts";
import { askNames } from "./reads.ts";

/** Everything an epoch paid, and whether it adds up to what it minted. */
export async function payoutsOf({ db, node }: ApiContext, epoch: number): Promise<Payouts> {
  const row = await readEpoch(db, epoch);
  const emission = viewEmission(row);
  if (emission === null) throw notFound(`Epoch ${epoch} has not ended yet: nothing is paid before.`);
  const { book, monikerOf } = await askNames(node);
  const [results, steps, participants] = await Promise.all([
    db.selectFrom("arena_epoch").selectAll().where("epoch", "=", epoch).orderBy("arena").execute(),
    db.selectFrom("step_pay").selectAll().where("epoch", "=", epoch).orderBy("step").execute(),
    db.selectFrom("participant_pay").selectAll().where("epoch", "=", epoch).orderBy("address").execute(),
  ]);
  const arenas = results.map((result): ArenaPayouts => {
    const paid = (role: "scorer" | "sponsor") =>
      participants
        .filter((one) => one.arena === result.arena && one.role === role)
        .map(({ address, done, assigned, pay }) => ({
          address,
          moniker: role === "scorer" ? monikerOf(address) : "",
          done,
          assigned,
          pay,
        }));
    return {
      arena: book.arenaRef(result.arena),
      settled: result.settled === 1,
      reason: result.reason,
      weight: result.weight,
      weightSum: result.weight_sum,
      pots: {
        authors: result.authors_pot,
        funded: result.funded_pot,
        scorers: result.scorers_pot,
        sponsors: result.sponsors_pot,
      },
      divisor: result.divisor,
      fundedDivisor: result.funded_divisor,
      authors: steps
        .filter(({ arena }) => arena === result.arena)
        .map(({ step, model, author, gain, age, decayed, emission, funded }) => ({
          step,
          model: book.ref(model),
          author,
          gain,
          age,
          decayed,
          emission,
          funded,
        })),
      scorers: paid("scorer"),
      sponsors: paid("sponsor"),
    };
  });
  const sums = {
    authors: sum(steps.map((step) => step.emission)),
    funded: sum(steps.map((step) => step.funded)),
    scorers: sum(arenas.flatMap(({ scorers }) => scorers.map(({ pay }) => pay))),
    sponsors: sum(arenas.flatMap(({ sponsors }) => sponsors.map(({ pay }) => pay))),
  };
  const { authors, scorers, sponsors, validators, pool, minted } = emission;
  const addsUp =
    sums.authors === authors &&
    sums.scorers === scorers &&
    sums.sponsors === sponsors &&
    sum([authors, scorers, sponsors, validators, pool]) === minted;
  return { epoch, emission, arenas, sums, addsUp };
}
