/**
 * The one place that names a library by its path, which carries its version. Everything else imports from here.
 */
export {html, nothing, render, svg} from './webjars/lit-html/3.3.2/lit-html.js';
export {repeat} from './webjars/lit-html/3.3.2/directives/repeat.js';
export {live} from './webjars/lit-html/3.3.2/directives/live.js';
