// What of the tensors' data lies in buffers of the GPU, so that it need not be uploaded again.
import { reliance, type Storage } from "../memory/storage.ts";

export interface Resident {
  id: number;
  /** Bytes of the storage: from, to. */
  begin: number;
  end: number;
  version: number;
  writes: number;
  /** The other residents of the same storage. */
  siblings: Resident[];
}

/** Buffers of one job: they have to fit side by side. */
const OPERANDS = 4;
/** Small ones: drivers do badly with very many buffers. */
const MOST = 1024;

/** Least recently used first. */
const residents = new Map<number, Resident>();
let of = new WeakMap<Storage, Resident[]>();
let bytes = 0;
let budget = 0;
let last = 0;
/** Buffers that the GPU's side may let go of with the next job. */
let dropped: number[] = [];

/** Lets go of everything. */
export function dropResidents(): void {
  for (const resident of [...residents.values()]) drop(resident);
}

/** Forgets everything, because the device is another one, and sets how many bytes may be kept. */
export function clearResidents(size = budget): void {
  residents.clear();
  of = new WeakMap();
  bytes = 0;
  budget = size;
  dropped = [];
  reliance.freed = size > 0 ? dropFreed : null;
}

/** What was made on the GPU in a scope is let go of with the scope. */
function dropFreed(storage: Storage): void {
  for (const resident of [...(of.get(storage) ?? [])]) drop(resident);
}

/** The resident that holds these bytes as they are now. */
export function findResident(storage: Storage, begin: number, end: number): Resident | null {
  const siblings = of.get(storage);
  if (siblings === undefined) return null;
  for (const resident of [...siblings]) {
    if (resident.version !== storage.version || resident.writes !== storage.writes || storage.aliased) {
      drop(resident);
      continue;
    }
    if (resident.begin > begin || resident.end < end) continue;
    residents.delete(resident.id);
    residents.set(resident.id, resident);
    return resident;
  }
  return null;
}

/** A number for a buffer that is about to hold these bytes; 0 where they cannot be kept: the user may write them at any time. */
export function addResident(storage: Storage, begin: number, end: number): number {
  const size = end - begin;
  if (storage.aliased || size > budget / OPERANDS) return 0;
  let siblings = of.get(storage);
  if (siblings === undefined) of.set(storage, (siblings = []));
  const { version, writes } = storage;
  const resident = { id: ++last, begin, end, version, writes, siblings };
  siblings.push(resident);
  residents.set(last, resident);
  bytes += size;
  for (const old of residents.values()) {
    if ((bytes <= budget && residents.size <= MOST) || old === resident) break;
    drop(old);
  }
  return last;
}

/** Tells that buffer `id` holds what was written to the storage last. */
export function confirmResident(id: number, storage: Storage): void {
  const resident = residents.get(id);
  if (resident !== undefined) resident.writes = storage.writes;
}

/** The buffer `id` was not made after all. */
export function dropResident(id: number): void {
  const resident = residents.get(id);
  if (resident !== undefined) drop(resident);
}

function drop(resident: Resident): void {
  residents.delete(resident.id);
  resident.siblings.splice(resident.siblings.indexOf(resident), 1);
  bytes -= resident.end - resident.begin;
  dropped.push(resident.id);
}

/** Up to `most` buffers to let go of. */
export const takeDropped = (most: number): number[] => dropped.splice(0, most);

/** Bytes of tensors on the GPU. */
export const residentBytes = (): number => bytes;
