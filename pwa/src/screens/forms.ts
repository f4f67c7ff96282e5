/** The forms of a visit that need ink, a code or a camera, or are seldom opened: in one piece. */

export { Intention } from './intention';
export { Notice } from './notice';
export { Receipt } from './receipt';
export { Slips } from './slips';
export { Suspect } from './suspect';
export { Unsigned } from './unsigned';
export { VoidReceipt } from './void';
