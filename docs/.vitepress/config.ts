/** @file The site: its pages in their order. Built by `npm run docs` of the project, and read without a network. */
import { defineConfig } from 'vitepress';

const pages = (base: string, names: Readonly<Record<string, string>>) =>
  Object.entries(names).map(([file, text]) => ({ text, link: `/${base}/${file}` }));

export default defineConfig({
  title: 'Tessera',
  description: 'Secure multi-party computation in WebAssembly: parties compute together on data that none of them shows.',
  srcExclude: ['node_modules/**', 'playground/**'],
  cleanUrls: false,
  lastUpdated: false,
  outDir: '../dist/site',
  cacheDir: '../dist/site-cache',
  head: [
    ['link', { rel: 'icon', href: 'data:,' }],
    ['meta', { name: 'theme-color', content: '#2f6f5e' }],
  ],
  markdown: { theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start/' },
      { text: 'Tutorials', link: '/tutorials/biomarker' },
      { text: 'How to', link: '/how-to/production' },
      { text: 'Reference', link: '/reference/' },
      { text: 'Playground', link: '/playground/', target: '_self' },
    ],
    sidebar: [
      { text: 'Start', items: [{ text: 'Ten lines to a private result', link: '/start/' }] },
      {
        text: 'Tutorials',
        items: pages('tutorials', {
          biomarker: 'Two hospitals compare a biomarker',
          auction: 'An auction with five bidders',
          'two-companies': "A model from two companies' tables",
          inference: "Inference on somebody else's model",
          page: 'A page in which strangers compute',
          gallery: 'Gallery',
        }),
      },
      {
        text: 'How to',
        items: pages('how-to', {
          production: 'Production from nothing',
          running: 'Run it as a service',
          cluster: 'Simulate on a cluster',
          'slow-links': 'Slow links and profiles',
          precision: 'Ranges and precision',
          debugging: 'Debug',
          testing: 'Test with vitest',
          material: 'Deal material beforehand',
          deno: 'Deno and its permissions',
          programs: 'Bring a JAX program',
          models: 'Bring a PyTorch, scikit-learn or XGBoost model',
          tables: 'Two tables',
          training: 'Fit models and judge them',
          'common-rows': 'Rows that parties have in common',
          collect: 'Collect answers of many',
        }),
      },
      {
        text: 'Concepts',
        items: pages('concepts', {
          calls: 'What calls mean',
          masks: 'Masked values',
          dealers: 'Dealers and trust',
          costs: 'Rounds and bytes',
          views: 'What each party sees',
        }),
      },
      {
        text: 'Coming from',
        items: pages('from', { secretflow: 'SecretFlow', jax: 'JAX', crypten: 'CrypTen', mpyc: 'MPyC' }),
      },
      {
        text: 'Reference',
        items: [
          ...pages('reference', { index: 'Overview', configuration: 'Configuration', errors: 'Errors', cli: 'Command line' }),
          { text: 'sf', link: '/reference/api/index/' },
          { text: 'np', link: '/reference/api/numpy/' },
          { text: 'np.nn', link: '/reference/api/numpy/namespaces/nn' },
          { text: 'np.linalg', link: '/reference/api/numpy/namespaces/linalg' },
          { text: 'np.random', link: '/reference/api/numpy/namespaces/random' },
        ],
      },
      {
        text: 'More',
        items: [
          { text: 'Performance', link: '/project/results' },
          { text: 'Security', link: '/project/security' },
          { text: 'Architecture', link: '/project/architecture' },
          { text: 'Every function: range and cost', link: '/project/features' },
          { text: 'Changes', link: '/project/changelog' },
        ],
      },
    ],
  },
});
