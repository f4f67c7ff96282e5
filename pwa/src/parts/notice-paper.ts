/** The paper of a notice, made as soon as its screen is asked for; the screen comes later. */

import { signal } from '@preact/signals-core';
import { makeNotice } from '../state/actions';
import { go } from '../state/nav';
import type { Photo } from '../state/record';
import { phone } from '../state/start';
import type { Loan } from '../state/view';
import { findVisit, noticeMade } from '../state/visits';
import type { Started } from '../state/visits';
import { noteLines, personWords, text } from './words';

export type Role = 'borrower' | 'guarantor';

export const role = signal<Role>('borrower');
export const photo = signal<Photo | null>(null);

/** The paper is made, with number and hash, before it is shown; one a visit, loan and addressee. */
export function openNotice({ visit }: Started, loan: Loan): void {
  photo.value = null;
  go({ name: 'notice', visit, loan: loan.id });
  makePaper(visit, loan, 'borrower');
}

export function makePaper(visit: string, loan: Loan, addressee: Role): void {
  role.value = addressee;
  const started = findVisit(phone, visit)?.started;
  if (!started || noticeMade(phone.log.value, visit, loan.id, addressee)) return;
  const names = [phone.identity.value?.officer.name, started.second_person];
  const officers = names.flatMap((name) => (name ? personWords(name) : [])).join('、');
  const lines = noteLines(text.makeNotice, loan.borrower_name);
  void makeNotice(phone, started, loan, { role: addressee, officers, lines });
}
