/**
 * Fetches and compiles; while the file still arrives where the server names its type, which also lets the browser keep the
 * compiled code. Servers that do not know the type are common, and no reason to fail. Rejects with a WebAssembly.CompileError
 * when what came is not a module.
 */
export async function compileModule(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP status ${response.status}`);
  if (response.headers.get('content-type') === 'application/wasm' && 'compileStreaming' in WebAssembly) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}
