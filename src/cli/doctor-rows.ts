/** @file What `tessera doctor` finds, a row each, with keys in the spelling of the file that it looks at. */
import { TesseraError } from '../errors.ts';

export interface DoctorRow {
  readonly check: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do, if it is not in order. */
  readonly fix: string;
}

/** Keys that rows speak of. */
const KEYS = /\b(?:listenAddr|tlsConfig|clientCerts|caCert|peerIdentities|allowInsecure|selfParty)\b/g;

/** Collects rows; a check that throws is a row that is not in order. */
export class Rows {
  readonly all: DoctorRow[] = [];
  /** How the file that is looked at spells its keys. */
  spelling: (name: string) => string = (name) => name;

  add(check: string, ok: boolean, detail: string, fix = ''): boolean {
    const [name, seen, mend] = [check, detail, ok ? '' : fix].map((text) =>
      text.replace(KEYS, this.spelling),
    );
    this.all.push({ check: name!, ok, detail: seen!, fix: mend! });
    return ok;
  }

  async run<T>(check: string, fix: string, work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.add(
        check,
        false,
        error instanceof TesseraError ? error.message : String((error as Error).message),
        fix,
      );
      return undefined;
    }
  }
}
