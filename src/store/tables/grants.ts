/** Grants of Official Accounts, and what their admins are told. */
export interface GrantTables {
  oa_grant: GrantTable
  consent_link: ConsentLinkTable
  notice: NoticeTable
}

/** The token pair of an Official Account, sealed; and who is renewing it now. */
interface GrantTable {
  oa: string
  sealed: string | null
  version: number
  updated_at: number
  holder: string | null
  lease_until: number | null
}

/** A one-time link to the consent of an account's admin; only its hash is kept. */
interface ConsentLinkTable {
  code_hash: string
  created_at: number
  expires_at: number
  used_at: number | null
}

/** Who was told of which trouble on which day. */
interface NoticeTable {
  contact: string
  kind: string
  day: string
  at: number
}
