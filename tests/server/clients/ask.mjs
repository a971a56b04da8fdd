// Asks with Comunica. In, on standard input, as JSON: {"context": where to look, as Comunica has it, "queries":
// [text, …]}. Out: for each query a list of rows, each what is bound in it; or for a graph its number of triples,
// or for ASK the boolean.
import { readFileSync } from 'node:fs';
import { QueryEngine } from '@comunica/query-sparql';

const { context, queries } = JSON.parse(readFileSync(0, 'utf-8'));
const engine = new QueryEngine();
const answers = [];
for (const query of queries) {
  const result = await engine.query(query, context);
  if (result.resultType === 'boolean') {
    answers.push(await result.execute());
  } else if (result.resultType === 'quads') {
    answers.push((await (await result.execute()).toArray()).length);
  } else {
    const rows = await (await result.execute()).toArray();
    answers.push(rows.map(row => Object.fromEntries([...row].map(([name, term]) => [name.value, term.value]))));
  }
}
console.log(JSON.stringify(answers));
