/** @file VitePress's own theme, with what is pale in it dark enough to read, and a page for addresses that are none. */
import theme from 'vitepress/theme';
import { h } from 'vue';
import './contrast.css';

const notFound = () =>
  h('main', { class: 'not-found' }, [
    h('h1', 'There is no such page'),
    h('p', ['The search above finds every page and every function. ', h('a', { href: '/start/' }, 'Start'), ' is where to begin.']),
  ]);

export default { ...theme, Layout: () => h(theme.Layout, null, { 'not-found': notFound }) };
