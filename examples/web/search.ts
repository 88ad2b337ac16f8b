/** @file The page of demo (d): a question that nobody else sees, through somebody else's language model. */
import { load, type NDArray } from 'tessera-mpc';
import { SENTENCES } from '../embedding/sentences.ts';
import { type Library, meaning } from './meaning.ts';
import { byId, inThisTab, openRoom, openTab, run, type Seat, say, show } from './room.ts';

/** The model's files, as they are chosen. Rejects where one is missing, or is another. */
const modelIn = async (files: readonly File[]): Promise<Omit<Library, 'sentences'>> => {
  const named = (end: string): File => {
    const file = files.find(({ name }) => name.endsWith(end));
    if (!file) throw new Error(`Choose two files together: the weights (.safetensors) and the words (.txt).`);
    return file;
  };
  const [weights, words] = [named('.safetensors'), named('.txt')];
  const tensors = await load(new Uint8Array(await weights.arrayBuffer()));
  return { tensors: tensors as Record<string, NDArray>, words: await words.text() };
};

/** Resolves to what alice has, once she has chosen it. */
const chosen = (): Promise<Library> =>
  new Promise((resolve) => {
    const file = byId<HTMLInputElement>('file');
    const go = byId<HTMLButtonElement>('go');
    let model: Omit<Library, 'sentences'> | undefined;
    file.onchange = async () => {
      go.disabled = true;
      const state = byId('model');
      state.textContent = 'Reading ...';
      try {
        model = await modelIn([...(file.files ?? [])]);
        const numbers = Object.values(model.tensors).reduce((sum, { size }) => sum + size, 0);
        state.textContent = `${numbers.toLocaleString('en')} weights. They stay in this page, but for masked numbers.`;
        go.disabled = false;
      } catch (e) {
        state.textContent = (e as Error).message;
      }
    };
    go.onclick = () => {
      if (!model) return;
      go.disabled = true;
      file.disabled = true;
      resolve({ ...model, sentences: SENTENCES });
    };
  });

/** A row for each sentence, the nearest first. */
const tell = (sentences: readonly string[], scores: readonly number[], ms: number): void => {
  const order = sentences.map((text, i) => ({ text, score: scores[i]! })).sort((a, b) => b.score - a.score);
  byId('found').replaceChildren(
    ...order.map(({ text, score }, i) => {
      const item = document.createElement('li');
      const [name, share] = [document.createElement('span'), document.createElement('span')];
      name.textContent = text;
      share.textContent = score.toFixed(3);
      item.className = i === 0 ? 'best' : '';
      item.append(share, ' ', name);
      return item;
    }),
  );
  document.body.dataset.ms = String(ms);
  say(`Found after ${(ms / 1000).toFixed(1)} s: ${order[0]!.text}`, 'good');
};

type Search = Awaited<ReturnType<typeof meaning>>;

/** Bob's side: asks. Rejects when a question cannot be answered. */
const ask = ({ ask, sentences }: Search): Promise<never> =>
  new Promise((_, reject) => {
    const button = byId<HTMLButtonElement>('ask');
    button.disabled = false;
    say('The model is here, masked. Ask.', 'good');
    button.onclick = async () => {
      button.disabled = true;
      const start = performance.now();
      say('Computing on masked values ...', 'busy');
      try {
        const scores = await ask(byId<HTMLInputElement>('question').value);
        if (scores) tell(sentences, scores, Math.round(performance.now() - start));
        button.disabled = false;
      } catch (e) {
        reject(e);
      }
    };
  });

/** Alice's side: serves question after question, and sees none. */
const serve = async ({ ask }: Search): Promise<never> => {
  say('Ready: waiting for questions.', 'good');
  for (let n = 1; ; n++) {
    await ask(undefined);
    byId('served').textContent =
      `${n} ${n === 1 ? 'question' : 'questions'} answered. You have seen none of them.`;
  }
};

void run(async () => {
  if (new URLSearchParams(location.search).has('tab')) {
    inThisTab();
    show('alice');
    show('bob');
    say('You are Alice and Bob. Choose the model.');
    document.body.dataset.ready = 'yes';
    const library = await chosen();
    say('Masking the weights ...', 'busy');
    const { session, dealer } = await openTab();
    return ask(await meaning(session, library, dealer));
  }
  const { self, attend } = await openRoom('search');
  show(self);
  document.body.dataset.ready = 'yes';
  let library: Library | undefined;
  if (self === 'alice') {
    say('Choose the model.');
    library = await chosen();
  }
  await attend(undefined, async ({ session, dealer }: Seat): Promise<never> => {
    say(self === 'alice' ? 'Masking the weights ...' : 'Alice masks the weights ...', 'busy');
    const search = await meaning(session, library, dealer);
    document.body.dataset.joined = 'yes';
    return self === 'alice' ? serve(search) : ask(search);
  });
});
