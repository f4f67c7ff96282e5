/** Counting cash that changes hands: the giver's form and the receiver's, piece by piece. */

import { handOver, takeOver } from '../state/handover';
import type { Side } from '../state/handover';
import { shown } from '../state/shown';
import { phone } from '../state/start';
import { draftWith } from '../state/visits';
import type { Change } from '../state/visits';
import type { StoredEvent } from '../store/db';
import { PIECES_FEN, piecesFen } from '../sync/handovers';
import type { Pieces } from '../sync/handovers';
import { fill, momentWords, noteLines, personWords, text, yuan } from '../parts/words';
import { Field, Select } from '../parts/field';
import { Frame } from '../parts/frame';
import { SaveButton } from '../parts/save-button';
import { Say } from '../parts/say';

/** A difference is always said, zero too. */
export function varianceWords(fen: number): string {
  if (fen === 0) return text.custody.even;
  return fill(fen < 0 ? text.custody.short : text.custody.over, yuan(Math.abs(fen)));
}

interface Draft {
  readonly to: string;
  /** As typed, by the worth of a piece. */
  readonly typed: Readonly<Record<string, string>>;
  readonly cause: string;
}

const BLANK: Draft = { to: '', typed: {}, cause: '' };

const PIECES_MAX = 100_000;

/** Whole pieces of each kind; null while something typed is no number of pieces. */
function piecesOf({ typed }: Draft): Pieces | null {
  const counts = PIECES_FEN.map((fen) => Number((typed[fen] ?? '').trim() || 0));
  const isWhole = counts.every((n) => Number.isInteger(n) && n >= 0 && n <= PIECES_MAX);
  return isWhole ? Object.fromEntries(PIECES_FEN.map((fen, at) => [fen, counts[at]!])) : null;
}

/** The reason why it cannot be said yet; a difference needs its cause, zero needs none. */
function whyNot(draft: Draft, pieces: Pieces | null, expected: number): string | null {
  if (!pieces) return text.custody.needsPieces;
  const isOff = piecesFen(pieces) !== expected;
  if (isOff && !draft.cause.trim()) return text.custody.needsCause;
  return null;
}

type Then = (hash: string) => void;

const first = (then: Then) => (saved: readonly StoredEvent[]) => then(saved.at(-1)!.hash);

export function Give({ then }: { readonly then: Then }) {
  const [draft, change] = draftWith<Draft>(phone, 'custody give', BLANK);
  const { cashiers = [], colleagues = [] } = shown.me.value ?? {};
  const people = [...cashiers, ...colleagues].map(({ id, name }) => [id, name] as const);
  const options = { '': text.custody.choose, ...Object.fromEntries(people) };
  const expected = shown.handFen.value;
  const pieces = piecesOf(draft);
  const why = draft.to ? whyNot(draft, pieces, expected) : text.custody.choose;
  const lines = noteLines(text.custody.give, personWords(draft.to), yuan(expected));
  const counted = { pieces: pieces ?? {}, cause: causeOf(draft, pieces, expected) };
  const button = (
    <SaveButton
      id="custody-save"
      words={text.custody.giveSave}
      why={why}
      save={() => handOver(phone, draft.to, counted, lines)}
      kind="custody.handed"
      draft="custody give"
      then={first(then)}
    />
  );
  return (
    <Frame title={text.custody.give} sub={text.custody.giveWhy} foot={button}>
      <Select
        label={text.custody.to}
        id="custody-to"
        options={options}
        value={draft.to}
        onValue={(to) => change({ to })}
      />
      <Table draft={draft} change={change} pieces={pieces} expected={expected} />
    </Frame>
  );
}

export function Count({ offer, then }: { readonly offer: Side; readonly then: Then }) {
  const { event, hash, isProved } = offer;
  const name = `custody take ${hash}`;
  const [draft, change] = draftWith<Draft>(phone, name, BLANK);
  const expected = Number(event.body.expected_fen);
  const pieces = piecesOf(draft);
  const who = personWords(event.actor);
  const lines = noteLines(text.custody.take, who, yuan(expected));
  const counted = { pieces: pieces ?? {}, cause: causeOf(draft, pieces, expected) };
  const said = [who, yuan(Number(event.body.amount_fen)), momentWords(event.occurred_at)];
  const button = (
    <SaveButton
      id="custody-save"
      words={text.custody.takeSave}
      why={whyNot(draft, pieces, expected)}
      save={() => takeOver(phone, offer, counted, lines)}
      kind="custody.taken"
      draft={name}
      then={first(then)}
    />
  );
  return (
    <Frame title={fill(text.custody.took, who)} foot={button}>
      <Say tone={isProved ? 'green' : 'amber'} id="custody-offer">
        {[fill(text.custody.says, ...said), String(event.body.cause ?? '')].join(' ')}{' '}
        {isProved ? text.custody.signed : text.custody.unsigned}
      </Say>
      <Table draft={draft} change={change} pieces={pieces} expected={expected} />
    </Frame>
  );
}

/** No difference has no cause, whatever was typed before it was gone. */
function causeOf({ cause }: Draft, pieces: Pieces | null, expected: number): string {
  return pieces && piecesFen(pieces) !== expected ? cause : '';
}

interface TableProps {
  readonly draft: Draft;
  readonly change: Change<Draft>;
  readonly pieces: Pieces | null;
  readonly expected: number;
}

function Table({ draft, change, pieces, expected }: TableProps) {
  const counted = pieces ? piecesFen(pieces) : 0;
  const { typed } = draft;
  return (
    <>
      <div class="pieces">
        {PIECES_FEN.map((fen) => (
          <Field
            key={fen}
            label={fill(text.custody.piece, yuan(fen))}
            id={`piece-${fen}`}
            max={6}
            mode="decimal"
            value={typed[fen] ?? ''}
            onValue={(value) => change({ typed: { ...typed, [fen]: value } })}
          />
        ))}
      </div>
      <dl class="card">
        <dt>{text.custody.expected}</dt>
        <dd>{yuan(expected)}</dd>
        <dt>{text.custody.counted}</dt>
        <dd data-testid="custody-counted">{yuan(counted)}</dd>
        <dt>{text.custody.variance}</dt>
        <dd data-testid="custody-variance">{varianceWords(counted - expected)}</dd>
      </dl>
      {counted !== expected && (
        <Field
          label={text.custody.cause}
          id="custody-cause"
          max={200}
          value={draft.cause}
          onValue={(cause) => change({ cause })}
        />
      )}
    </>
  );
}
