/** Unpacks the fixtures and returns their folder. */
export function unpackFixtures(): string;
