import { DatasetError, type Dataset } from "./dataset.ts";
import { loadDigits } from "./digits.ts";
import { loadFolder, type FolderOptions } from "./folder.ts";
import { loadLanguages } from "./languages.ts";
import { loadSpam } from "./spam.ts";

/** Names of the loaders, as `arenas.json` and configurations write them. */
export type LoaderName = "digits" | "languages" | "spam" | "folder";

/**
 * Loads a data set by the name of its loader.
 *
 * @param folder only for, and needed by, the loader `folder`.
 * @throws DatasetError when there is no such loader or its data is unusable.
 */
export async function load(name: string, folder?: FolderOptions): Promise<Dataset> {
  switch (name as LoaderName) {
    case "digits":
      return loadDigits();
    case "languages":
      return loadLanguages();
    case "spam":
      return loadSpam();
    case "folder":
      if (!folder)
        throw new DatasetError('the loader "folder" needs a directory, labels and a preprocessing');
      return loadFolder(folder);
    default:
      throw new DatasetError(`unknown loader "${name}": use digits, languages, spam or folder`);
  }
}
