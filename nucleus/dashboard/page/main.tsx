import { render } from 'preact';
import { App } from './app.js';
import { LiveFeed } from './live.js';
import { Store } from './store.js';
import { applyTheme } from './theme.js';
import { takeToken } from './token.js';

applyTheme();
takeToken();
const store = new Store();
new LiveFeed(store).start();
render(<App store={store} />, document.getElementById('page')!);
