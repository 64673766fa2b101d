import { newId, Refusal, type State } from './state.js'

const LIMITS = { image: 1024 * 1024, gif: 5 * 1024 * 1024, file: 5 * 1024 * 1024 } as const
const EXTENSIONS: Record<'image' | 'gif', readonly string[]> = { image: ['jpg', 'jpeg', 'png'], gif: ['gif'] }

/** `/v2.0/oa/upload/…` */
export async function upload(
  state: State,
  kind: 'image' | 'gif' | 'file',
  type: string,
  body: Uint8Array<ArrayBuffer>,
) {
  const form = await new Response(body, { headers: { 'content-type': type } }).formData().catch(() => null)
  const file = form?.get('file')
  if (file === null || file === undefined || typeof file === 'string') throw new Refusal(-201, 'file is invalid')
  const extension = /\.([a-z0-9]+)$/i.exec(file.name)?.[1]?.toLowerCase()
  const allowed = kind === 'file' ? state.oa.fileTypes : EXTENSIONS[kind]
  if (extension === undefined || !allowed.includes(extension)) throw new Refusal(-201, 'file type is invalid')
  if (file.size === 0) throw new Refusal(-201, 'file is empty')
  if (file.size > LIMITS[kind]) throw new Refusal(-210, 'file is over the limit')
  if (state.oa.uploadsLeft <= 0) throw new Refusal(-211, 'Out of quota')
  state.oa.uploadsLeft--
  const id = newId(state)
  state.uploads.set(id, { kind, at: state.now() })
  return kind === 'file' ? { token: id } : { attachment_id: id }
}
