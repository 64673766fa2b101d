import type { Call } from './call.js'
import { recordOf, textOf } from './json.js'
import { mapResult, type Result } from './result.js'

export interface Upload {
  bytes: Uint8Array
  /** Needs its extension. */
  filename: string
  /** `image/jpeg` */
  type: string
}

/** Uploads are good for seven days; after that a send with them answers -100. */
export interface Uploads {
  /** jpg or png up to 1 MB; gives the attachment id. */
  uploadImage(upload: Upload): Promise<Result<string>>
  /** gif up to 5 MB; gives the attachment id. */
  uploadGif(upload: Upload): Promise<Result<string>>
  /** PDF up to 5 MB (other kinds are documented, but were refused live); gives the token for `sendFile`. */
  uploadFile(upload: Upload): Promise<Result<string>>
}

export function createUploads(call: Call): Uploads {
  const upload = async (what: 'image' | 'gif' | 'file', { bytes, filename, type }: Upload): Promise<Result<string>> => {
    const form = () => {
      const fields = new FormData()
      fields.append('file', new Blob([new Uint8Array(bytes)], { type }), filename)
      return fields
    }
    const result = await call({ path: `/v2.0/oa/upload/${what}`, form })
    if (!result.ok) return result
    const id = textOf(recordOf(result.data)[what === 'file' ? 'token' : 'attachment_id'])
    return id === null ? { ok: false, outcome: 'unknown', cause: 'unreadable' } : mapResult(result, () => id)
  }
  return {
    uploadImage: (file) => upload('image', file),
    uploadGif: (file) => upload('gif', file),
    uploadFile: (file) => upload('file', file),
  }
}
