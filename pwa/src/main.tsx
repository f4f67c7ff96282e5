/** Starts the app: storage, shell, first screen. */

import { render } from 'preact';
import './styles.css';
import { App } from './app';
import { watchHistory } from './state/nav';
import { showPhone } from './state/shown';
import { keepInTouch, stage, start } from './state/start';
import { takeCodeFromLink } from './screens/enrol';
import { loadWords, text } from './text/words';

await loadWords();
takeCodeFromLink();
watchHistory();
document.documentElement.lang = text.lang;
document.title = text.appName;

const place = document.getElementById('app');
if (place) render(<App />, place);

await start(showPhone);
if (stage.value === 'ready') keepInTouch();
