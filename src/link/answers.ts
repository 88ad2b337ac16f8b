/** @file Where answers to a collection arrive. `#answers` is the implementation for the platform at hand. */

/** What becomes of an answer, as a status of HTTP: 204 where it is taken. */
export type Take = (answer: Uint8Array) => number;

export interface AnswerServer {
  /** Where answers are sent, unless something stands before it. */
  readonly url: string;
  close(): void;
}

export interface AnswerEntry {
  /** Takes answers of so many bytes each at an address, "host:port". Rejects with CONFIG for what is no address, LINK when the port is not to be had. */
  serveAnswers(listen: string, bytes: number, take: Take): Promise<AnswerServer>;
}
