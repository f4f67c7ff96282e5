/** What the officer must know of this phone's memory, until she says that she does. */

import { phone } from '../state/start';
import { tell } from '../state/phone';
import { fill, text } from './words';

export function News() {
  const news = phone.news.value;
  if (!news) return null;
  const { kind, records, receipt_no } = news;
  return (
    <div
      class={kind === 'epoch' ? 'notice green' : 'notice red'}
      data-testid={`news-${kind}`}
      role="status"
    >
      <p>
        {fill(text.news[kind], records)} {receipt_no && fill(text.lastSlip, receipt_no)}
      </p>
      <button class="plain" data-testid="news-seen" onClick={() => void tell(phone, null)}>
        {text.seen}
      </button>
    </div>
  );
}
