// Jobs that go on while the program does: a result is waited for when its bytes are asked for, or never.
import { TorchError } from "../core/errors.ts";
import { reliance, type Storage } from "../memory/storage.ts";
import { dropJob, isOver, type Running, waitFor } from "./client.ts";
import { Status } from "./protocol.ts";

/** Half the ring: the oldest is waited for before one more sets out. */
const MOST = 8;

interface Flight {
  running: Running;
  storage: Storage;
  operands: readonly Storage[];
  stamp: string;
  redo: (why: string) => void;
}

/** Oldest first. Holds on to results: their blocks are written to. */
const flights = new Set<Flight>();

const stampOf = (operands: readonly Storage[]): string =>
  operands.map(({ version, writes, released }) => (released ? "" : version + writes)).join();

/**
 * Lets a job that is on the GPU's queue go on, with its result in `storage`. `redo` computes it here when the job has failed;
 * for that, the operands are neither written nor freed before the end of the flight.
 */
export function launch(
  running: Running,
  storage: Storage,
  operands: readonly Storage[],
  redo: (why: string) => void,
): void {
  for (const earlier of flights)
    if (flights.size >= MOST || isOver(earlier.running)) earlier.storage.arrive();
  const flight = { running, storage, operands, stamp: stampOf(operands), redo };
  flights.add(flight);
  reliance.settle = settleReaders;
  storage.defer((kept) => land(flight, kept));
}

function land(flight: Flight, kept: boolean): void {
  const { running, storage, operands, stamp, redo } = flight;
  flights.delete(flight);
  if (flights.size === 0) reliance.settle = null;
  if (!kept) {
    dropJob(running);
    return;
  }
  const failed = waitFor(running, Status.done);
  if (failed === null) return;
  if (stampOf(operands) !== stamp)
    throw new TorchError(`webgpu: ${failed}; the operands of a product that was under way are gone`);
  // What the redo writes is no change for flights that rely on it.
  const relying = [...flights].filter((f) => f.operands.includes(storage) && stampOf(f.operands) === f.stamp);
  redo(failed);
  for (const f of relying) f.stamp = stampOf(f.operands);
}

/** Waits for what is computed from a storage. */
function settleReaders(storage: Storage): void {
  for (const flight of flights) if (flight.operands.includes(storage)) flight.storage.arrive();
}

/** Waits for everything. */
export function settleFlights(): void {
  for (const flight of flights) flight.storage.arrive();
}
