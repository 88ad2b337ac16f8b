/**
 * @file The processes of one engine, one a party, that stand ready with a workload and run it when told. They are told
 * by words on standard input (`run`, `end`) and answer with lines of JSON: `{"ready":true}`, `{"seconds":1.5}`, and at
 * the end `{"report":{...}}`. Other lines are their own talk.
 */

import { type ChildProcess, spawn } from 'node:child_process';

export interface Command {
  readonly name: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
}

/** A run took longer than it was given. */
export class TooLong extends Error {
  readonly seconds: number;
  constructor(name: string, seconds: number) {
    super(`${name} takes more than ${seconds} s`);
    this.seconds = seconds;
  }
}

/** Lines of what a process said before it ended that its error quotes. */
const LAST_WORDS = 16;

interface Answer {
  readonly ready?: boolean;
  readonly seconds?: number;
  readonly report?: Readonly<Record<string, number>>;
}

class Member {
  readonly name: string;
  readonly #child: ChildProcess;
  readonly #answers: Answer[] = [];
  #rest = '';
  #talk = '';
  #ended: Error | undefined;
  #wake: () => void = () => {};

  constructor({ name, file, args, cwd }: Command) {
    this.name = name;
    this.#child = spawn(file, args, { stdio: 'pipe', ...(cwd !== undefined && { cwd }) });
    this.#child.stdout!.on('data', (text) => this.#heard(String(text)));
    this.#child.stderr!.on('data', (text) => {
      this.#talk = (this.#talk + text).slice(-2000);
    });
    this.#child.stdin!.on('error', () => {}); // its end says more
    this.#child.on('error', (e) => this.#end(e));
    this.#child.on('close', (code, signal) => {
      const last = this.#talk.trim().split('\n').slice(-LAST_WORDS).join('\n');
      this.#end(new Error(`${name} ended with ${signal ?? code}: ${last}`));
    });
  }

  #heard(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) {
      if (/^\{"(ready|seconds|report)"/.test(line)) this.#answers.push(JSON.parse(line) as Answer);
      else this.#talk = `${this.#talk}${line}\n`.slice(-2000);
    }
    this.#wake();
  }

  #end(why: Error): void {
    this.#ended ??= why;
    this.#wake();
  }

  command(word: string): void {
    this.#child.stdin!.write(`${word}\n`);
  }

  async next(limitSeconds: number): Promise<Answer> {
    const until = performance.now() + limitSeconds * 1000;
    for (;;) {
      const answer = this.#answers.shift();
      if (answer !== undefined) return answer;
      if (this.#ended) throw this.#ended;
      const left = until - performance.now();
      if (left <= 0) throw new TooLong(this.name, limitSeconds);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

/** Inputs and certificates are made, programs compiled and connections opened in this time, or never. */
const READY_SECONDS = 120;

export class EngineProcesses {
  readonly #members: readonly Member[];

  private constructor(members: readonly Member[]) {
    this.#members = members;
  }

  /** Resolves when all stand ready. */
  static async start(commands: readonly Command[]): Promise<EngineProcesses> {
    const processes = new EngineProcesses(commands.map((command) => new Member(command)));
    try {
      await processes.#all((member) => member.next(READY_SECONDS));
    } catch (e) {
      processes.kill();
      throw e;
    }
    return processes;
  }

  /** The first to fail decides: the others may wait for it for ever. */
  #all<T>(what: (member: Member) => Promise<T>): Promise<T[]> {
    return Promise.all(this.#members.map(what));
  }

  /** Seconds of one run, as the slowest party saw it; `word` says more of what to run, to those who understand it. */
  async run(limitSeconds: number, word = 'run'): Promise<number> {
    for (const member of this.#members) member.command(word);
    const answers = await this.#all((member) => member.next(limitSeconds));
    return Math.max(...answers.map((answer) => answer.seconds!));
  }

  /** What the members have to report, by rank. */
  async end(): Promise<Readonly<Record<string, number>>[]> {
    for (const member of this.#members) member.command('end');
    const answers = await this.#all((member) => member.next(READY_SECONDS));
    return answers.map((answer) => answer.report!);
  }

  kill(): void {
    for (const member of this.#members) member.kill();
  }
}
