// The counter without a mouse. Pages work as plain forms without this file; with it Enter and the
// arrows go through the fields marked `data-walk` in their order, and Esc goes back.
(() => {
  const STEPS = { Enter: 1, ArrowDown: 1, ArrowUp: -1 };

  const isOther = (press) => press.isComposing || press.ctrlKey || press.metaKey;

  /** Enter presses a link or a button by itself; only fields hand the focus on. */
  const ownsKey = (here, key) => key === 'Enter' && here.matches('a, button, summary');

  /** Is something in this field that was not there when the page came? */
  function isChanged(field) {
    if (field.matches('select')) {
      const first = [...field.options].findIndex((option) => option.defaultSelected);
      return field.selectedIndex !== Math.max(first, 0);
    }
    if (field.matches('[type=checkbox], [type=radio]')) return field.checked !== field.defaultChecked;
    return field.matches('input:not([type=hidden]), textarea') && field.value !== field.defaultValue;
  }

  const holdsWork = () => [...document.forms].some((form) => [...form.elements].some(isChanged));

  function walk(press, here) {
    const places = [...document.querySelectorAll('[data-walk]:not([disabled])')];
    const next = places[places.indexOf(here) + STEPS[press.key]];
    press.preventDefault();
    if (!next) return;
    next.focus();
    if (next.select) next.select();
  }

  /** One step back: out of a fold, or to the page above. What was typed is not lost by one key. */
  function back(press, here) {
    const fold = here.closest('details[open]');
    const up = document.querySelector('.crumb a') ?? document.querySelector('a.brand');
    if (fold) {
      fold.open = false;
      fold.querySelector('summary').focus();
    } else if (up && up !== here && holdsWork()) {
      up.focus();
    } else if (up && up.href !== location.href) {
      up.click();
    } else {
      return;
    }
    press.preventDefault();
  }

  /** Alt and the key of `accesskey`, the same in every browser; some have done it themselves. */
  function leap(press) {
    const key = press.code.replace(/^(Digit|Key|Numpad)/, '').toLowerCase();
    const place = document.querySelector(`[accesskey="${CSS.escape(key)}"]:not([disabled])`);
    if (!place || press.defaultPrevented || press.repeat) return;
    press.preventDefault();
    place.focus();
    if (place.matches('a, button')) place.click();
  }

  document.addEventListener('keydown', (press) => {
    const here = press.target;
    if (isOther(press) || !(here instanceof Element)) return;
    if (press.altKey) leap(press);
    else if (press.key === 'Enter' && press.repeat) press.preventDefault(); // a key held too long
    else if (press.key === 'Escape') back(press, here);
    else if (press.key in STEPS && here.matches('[data-walk]') && !ownsKey(here, press.key))
      walk(press, here);
  });
})();
