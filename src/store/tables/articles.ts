/** Articles for everybody who follows the Official Account. */
export interface ArticleTables {
  article: ArticleTable
}

export type ArticleState = 'sending' | 'prepared' | 'made' | 'refused' | 'released'

/** Its id was made with the form: the same form sent twice is one article. */
interface ArticleTable {
  id: string
  state: ArticleState
  title: string
  author: string
  description: string
  cover: string
  body: string
  made_by: string
  made_at: number
  token: string | null
  zalo_id: string | null
  error: string | null
  released_by: string | null
  released_at: number | null
}
