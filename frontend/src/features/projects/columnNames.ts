const HEAD_BYTES = 65_536

function fromJson(head: string): string[] {
  const record = /\{[^{}]*\}/.exec(head)?.[0]
  try {
    return record ? Object.keys(JSON.parse(record) as object) : []
  } catch {
    return []
  }
}

function fromDelimited(head: string, separator: string): string[] {
  const line = head.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? ''
  const cells = line.split(separator).map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'))
  return cells.filter((cell) => cell !== '')
}

/** Column names from the first bytes of a plain text table, read in the browser; empty when unreadable. */
export async function columnsOf(file: File): Promise<string[]> {
  const head = await file.slice(0, HEAD_BYTES).text()
  if (/\.(json|ndjson|jsonl)$/i.test(file.name)) return fromJson(head)
  return fromDelimited(head, /\.tsv$/i.test(file.name) ? '\t' : ',')
}
