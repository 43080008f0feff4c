import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

/** Only a program's config module reads the environment; everything else gets what it needs as parameters. */
const CONFIG_MODULES = ["**/src/config.ts", "explorer/api/config.ts"];
/** Tools whose configuration file must have a default export. */
const TOOL_CONFIGS = ["**/*.config.{js,ts}"];

const noDefaultExport = {
  selector: "ExportDefaultDeclaration",
  message: "Export by name, so that a thing has one name everywhere.",
};

export default defineConfig(
  globalIgnores([
    "**/node_modules/",
    "**/dist/",
    "build/",
    "chain/",
    "docs/",
    ".demo/",
    "third_party/",
    "ts-client/src/generated/",
  ]),
  js.configs.recommended,
  tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: "error",
      "no-empty": ["error", { allowEmptyCatch: false }],
      "no-restricted-syntax": ["error", noDefaultExport],
      "no-restricted-properties": [
        "error",
        {
          object: "process",
          property: "env",
          message: "Read the environment in the program's config module.",
        },
      ],
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      // An async function without await still turns what it throws into a rejection, as its interface promises.
      "@typescript-eslint/require-await": "off",
      // Our interfaces are implemented by closures, and the classes' private fields fail at once without `this`.
      "@typescript-eslint/unbound-method": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      // Numbers and bigints in messages are the point of most template strings here.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  {
    files: CONFIG_MODULES,
    rules: { "no-restricted-properties": "off" },
  },
  {
    files: TOOL_CONFIGS,
    extends: [tseslint.configs.disableTypeChecked],
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["**/test/**/*.ts"],
    rules: {
      // chai's assertions are expressions.
      "@typescript-eslint/no-unused-expressions": "off",
    },
  },
);
