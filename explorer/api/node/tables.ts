/** The last answer of the node to each question about its present state, for when it is away. */
export interface NodeTables {
  node_answer: { key: string; height: number; json: string };
}
