import { settings } from '../../../app/settings';
import { newId } from '../../../server/new-id';
import { keepUnsent, keptUnsent } from '../../../session/kept';
import { Held } from '../chat/held';
import type { Attached, Question } from '../chat/question';
import { bytesOf, type FileProblem, kindOf, mediaOf, MOST_FILES } from './attach-file';

/** A file that was added: being read, ready, on its way, or refused. */
export interface DraftFile {
  readonly id: string;
  readonly file: File;
  readonly kind: 'image' | 'file';
  readonly preview: string | null;
  readonly media: Attached['media'] | null;
  /** What was thrown when it was sent; null: nothing. */
  readonly failure: unknown;
}

export interface DraftState {
  readonly text: string;
  readonly files: readonly DraftFile[];
  /** The last file that cannot go with a question, and why. */
  readonly problem: { readonly name: string; readonly reason: FileProblem } | null;
}

/** A question that is being written. Its text outlives a reload, all of it a look at another page. */
export class Draft extends Held<DraftState> {
  constructor() {
    super({ text: keptUnsent(), files: [], problem: null });
  }

  write(text: string): void {
    keepUnsent(text);
    this.change({ text });
  }

  /** @param inlineBytes how much of a request the conversation before takes */
  async add(files: readonly File[], inlineBytes: number): Promise<void> {
    this.change({ problem: null });
    const added: DraftFile[] = [];
    // All of them are there from now on: the question does not go without one that is still being read.
    for (const file of files) {
      const reason = this.#refusal(file);
      if (reason === null) added.push(this.#put({ ...unread, id: newId(), file }));
      else this.change({ problem: { name: file.name, reason } });
    }
    // One after the other: the server takes few at once.
    for (const item of added) await this.#prepare(item, inlineBytes);
  }

  async sendAgain({ id }: DraftFile, inlineBytes: number): Promise<void> {
    const found = this.state().files.find((each) => each.id === id);
    if (found) await this.#prepare(this.#put({ ...found, failure: null }), inlineBytes);
  }

  remove({ id, preview }: DraftFile): void {
    if (preview !== null) URL.revokeObjectURL(preview);
    this.change({ files: this.state().files.filter((each) => each.id !== id), problem: null });
  }

  /** Lets go of the files: nobody looks at them any more. */
  drop(): void {
    for (const file of this.state().files) this.remove(file);
  }

  /** Gives away what was asked: it is in the conversation from now on. What came after it stays. */
  give({ text, attached }: Question): void {
    const asked = new Set(attached.map(({ id }) => id));
    if (this.state().text === text) this.write('');
    this.change({ files: this.state().files.filter(({ id }) => !asked.has(id)), problem: null });
  }

  #refusal({ size }: File): FileProblem | null {
    if (size > settings.maxAttachmentBytes) return 'fileSize';
    return this.state().files.length >= MOST_FILES ? 'fileCount' : null;
  }

  async #prepare(item: DraftFile, inlineBytes: number): Promise<void> {
    const kind = await kindOf(item.file);
    if (!this.#has(item)) return;
    if (kind === null) {
      this.remove(item);
      this.change({ problem: { name: item.file.name, reason: 'fileType' } });
      return;
    }
    const preview = item.preview ?? (kind.kind === 'image' ? URL.createObjectURL(item.file) : null);
    const known = this.#put({ ...item, kind: kind.kind, preview });
    const ready = this.state().files.reduce((sum, { media }) => sum + (media ? bytesOf(media) : 0), 0);
    const done = await mediaOf(item.file, kind.mimeType, inlineBytes + ready).then(
      (media) => ({ media }),
      (failure: unknown) => ({ failure }),
    );
    if (this.#has(item)) this.#put({ ...known, ...done });
  }

  #has({ id }: DraftFile): boolean {
    return this.state().files.some((each) => each.id === id);
  }

  /** Adds a file, or what is known of it by now. */
  #put(file: DraftFile): DraftFile {
    const { files } = this.state();
    this.change({
      files: this.#has(file) ? files.map((each) => (each.id === file.id ? file : each)) : [...files, file],
    });
    return file;
  }
}

const unread = { kind: 'file', preview: null, media: null, failure: null } as const;

/** Whether there is something to send, and all of it is ready. */
export const isSendable = ({ text, files }: DraftState): boolean =>
  (text.trim() !== '' || files.length > 0) && files.every(({ media }) => media !== null);

/** What goes with a question, of the files that are ready. */
export const attachedOf = (files: readonly DraftFile[]): Attached[] =>
  files.flatMap(({ id, kind, file, preview, media }) =>
    media === null ? [] : [{ id, kind, name: file.name, preview, media }],
  );
