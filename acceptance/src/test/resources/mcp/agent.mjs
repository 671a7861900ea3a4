// An agent on the official TypeScript SDK: asks, waits, and prints what it was told. agent.mjs stdio COMMAND ARGS… | agent.mjs http URL TOKEN [MESSAGE]
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const [kind, ...rest] = process.argv.slice(2);
const transport = kind === "stdio"
  ? new StdioClientTransport({ command: rest[0], args: rest.slice(1), env: process.env })
  : new StreamableHTTPClientTransport(new URL(rest[0]), { requestInit: { headers: { Authorization: `Bearer ${rest[1]}` } } });
const signed = kind === "http" && rest[2] ? { message: JSON.parse(rest[2]) } : { hazards: ["safety"], summary: "May I open the valve?", severity: "high" };

const client = new Client({ name: "acceptance", version: "1.0.0" });
await client.connect(transport);
const tools = (await client.listTools()).tools.map(tool => tool.name).sort();
const sent = await client.callTool({ name: "escalate", arguments: signed });
const id = sent.structuredContent?.id;
const hazards = JSON.parse((await client.readResource({ uri: "ifbus://hazards" })).contents[0].text).hazards;
const templates = (await client.listResourceTemplates()).resourceTemplates.map(template => template.uriTemplate);
const read = sent.isError ? null : JSON.parse((await client.readResource({ uri: `ifbus://escalations/${id}` })).contents[0].text);
const progress = [];
let told = sent;
for (let calls = 0; !sent.isError && calls < 5; calls++) {
  told = await client.callTool({ name: "await_decision", arguments: { id, waitSeconds: 30 } }, undefined,
    { timeout: 40000, onprogress: step => progress.push(step.message) });
  if (told.isError || told.structuredContent.decided) break;
}

// A wait that is cancelled: the client is told at once, and the server goes on serving.
const enough = new AbortController();
let cancelled = false;
if (!sent.isError && process.env.CANCEL_ON) {
  const waiting = client.callTool({ name: "await_decision", arguments: { id: process.env.CANCEL_ON, waitSeconds: 600 } }, undefined, { signal: enough.signal });
  setTimeout(() => enough.abort("enough"), 300);
  await waiting.catch(() => { cancelled = true; });
  await client.ping();
}
console.log(JSON.stringify({ tools, hazards, templates, read: read?.id ?? null, id, isError: told.isError ?? false, text: told.content[0].text, result: told.structuredContent ?? null, progress, cancelled }));
await client.close();
