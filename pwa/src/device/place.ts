/** Where the officer stands, as far as the phone knows. Only her own place, only when she asks. */

export interface PlaceFix {
  readonly lat_udeg: number;
  readonly lon_udeg: number;
  readonly accuracy_m: number;
  readonly age_s: number;
}

export type PlaceTrouble = 'denied' | 'unavailable' | 'too_slow';

/** In a valley the first fix can take long; after this the officer gives a reason instead. */
const WAIT_MS = 20_000;

/** A fix of a minute ago is still this gate. */
const AGE_MS_MAX = 60_000;

const TROUBLE: Record<number, PlaceTrouble> = { 1: 'denied', 2: 'unavailable', 3: 'too_slow' };

const micro = (degrees: number): number => Math.round(degrees * 1_000_000);

/** One fix, in whole micro-degrees: no floats in what is hashed. */
export function findPlace(now: () => number): Promise<PlaceFix | PlaceTrouble> {
  if (!('geolocation' in navigator)) return Promise.resolve('unavailable');
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords, timestamp }) =>
        resolve({
          lat_udeg: micro(coords.latitude),
          lon_udeg: micro(coords.longitude),
          accuracy_m: Math.min(10_000_000, Math.ceil(coords.accuracy)),
          age_s: Math.min(10_000_000, Math.max(0, Math.round((now() - timestamp) / 1000))),
        }),
      (error) => resolve(TROUBLE[error.code] ?? 'unavailable'),
      { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: AGE_MS_MAX },
    );
  });
}
