/**
 * Which screen is shown, and the frame around it.
 *
 * Stable `data-testid`s for tests that drive a real browser:
 *   enrol-code enrol-submit enrol-trouble   the code, the button, what is wrong with it
 *   day-<YYYY-MM-DD>                        a day of the route, when there are several
 *   village-<id> household-<id>             rows of the day and of a village (scroll to reach all)
 *   search search-words open-visit held     on the day; held: data-late
 *   start-visit                             on a household (continues an open visit of it)
 *   second-person place-reason              <select>s; values are a staff id, a reason code
 *   visit-begin                             records the start of the visit; then the visit's page
 *   met-<code> met-name met-relation        who was met (kept until visit-end)
 *   outcome-<code> outcome-away visit-note  what came of it (kept until visit-end)
 *   loan-<id>                               chooses the loan, when a household has several
 *   make-notice addressee-<role>            makes the notice (number, text, hash) and opens it
 *   signer-role signer-name signer-relation lives-here adult
 *   sign-canvas sign-agree-canvas           "received", and apart from it "I agree"; -clear empties
 *   photo-input photo-trouble notice-save
 *   unsigned-open unsigned-reason-<CODE> away-place unsigned-note unsigned-save
 *   take-cash no-numbers key-<digit> key-dot key-back amount payer-role payer-name
 *   split-<part> cash-next cash-twice cash-again cash-confirm
 *   receipt-no receipt-state receipt-done   data-state: see sync/receipt-states
 *   copy-code copy-sms copy-image copy-print  the customer's copy
 *   slips-open standing-<state> slip-<no>   the receipts of this phone
 *   void-open void-reason returned-yes returned-no void-save
 *   no-cash method-<code> evidence-no cash-corrects
 *   suspect-open suspect-<fen> suspect-serial suspect-note suspect-save
 *   intention-open intention-note intention-save
 *   promise-amount promise-date promise-cause promise-save
 *   visit-end                               records the outcome; back to the village
 *   back                                    the arrow at the top
 *   unsent-bar                              data-count, data-fen: what is only on this phone
 *   sync-now sync-state                     data-state: idle | running | done | error; data-code
 *   carry-open carry-give carry-scan        on the sync page, and behind it (screens/carry)
 *   moving-qr finder scan-progress          data-frame; data-have, data-need
 *   custody-open custody-hand custody-give custody-take custody-proof custody-again custody-waits
 *   custody-to piece-<fen> custody-counted custody-variance custody-cause custody-save custody-done
 *   custody-news custody-<hash8>            cash from hand to hand (screens/custody); data-state
 *   bundle-file take-file carry-news        as a file; what came of the last one
 *   bundle-own bundle-carried bundle-ack    data-state: waiting | delivered | kept; data-ack
 *   kiosk kiosk-done kiosk-next             at /kiosk; data-state
 *   record-<hash8>                          a record of this phone; data-kind, data-state
 *   news-<kind> news-seen lost-all          the memory of this phone or of the server went back
 *   saved not-saved not-saved-done gate second-tab wechat restored slips-low   notices, when shown
 */

import type { JSX } from 'preact';
import { screen } from './state/nav';
import type { Screen } from './state/nav';
import { phone, stage } from './state/start';
import { Begin } from './screens/begin';
import { Cash } from './screens/cash';
import { Day } from './screens/day';
import { Enrol } from './screens/enrol';
import { Gate } from './screens/gate';
import { Household } from './screens/household';
import {
  Carry,
  Custody,
  Intention,
  Notice,
  Receipt,
  Slips,
  Suspect,
  Unsigned,
  VoidReceipt,
} from './screens/later';
import { NotSaved } from './screens/not-saved';
import { Search } from './screens/search';
import { Starting, Stopped } from './screens/stages';
import { SyncPage } from './screens/sync';
import { Village } from './screens/village';
import { Visit } from './screens/visit';

export function App(): JSX.Element {
  switch (stage.value) {
    case 'starting':
      return <Starting />;
    case 'enrol':
      return <Enrol />;
    case 'ready':
      return <Ready />;
    default:
      return <Stopped stage={stage.value} />;
  }
}

function Ready(): JSX.Element {
  const failed = phone.notSaved.value;
  return failed ? <NotSaved failed={failed} /> : <Shown />;
}

function Shown(): JSX.Element {
  const now = screen.value;
  return 'loan' in now ? <Form now={now} /> : <Page now={now} />;
}

/** What is said about a loan, within a visit. */
function Form({ now }: { readonly now: Extract<Screen, { loan: string }> }): JSX.Element {
  switch (now.name) {
    case 'notice':
      return <Notice visit={now.visit} loan={now.loan} />;
    case 'unsigned':
      return <Unsigned visit={now.visit} loan={now.loan} />;
    case 'cash':
      return <Cash visit={now.visit} loan={now.loan} counting={now.counting} />;
    case 'suspect':
      return <Suspect visit={now.visit} loan={now.loan} />;
    case 'intention':
      return <Intention visit={now.visit} loan={now.loan} />;
  }
}

function Page({ now }: { readonly now: Exclude<Screen, { loan: string }> }): JSX.Element {
  switch (now.name) {
    case 'day':
      return <Day />;
    case 'village':
      return <Village id={now.id} />;
    case 'search':
      return <Search />;
    case 'household':
      return <Household id={now.id} />;
    case 'begin':
      return <Begin id={now.id} />;
    case 'visit':
      return <Visit visit={now.visit} />;
    case 'receipt':
      return <Receipt hash={now.hash} />;
    case 'slips':
      return <Slips />;
    case 'void':
      return <VoidReceipt hash={now.hash} />;
    case 'sync':
      return <SyncPage />;
    case 'carry':
      return <Carry now={now} />;
    case 'custody':
      return <Custody now={now} />;
    case 'gate':
      return <Gate />;
  }
}
