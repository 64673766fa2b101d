/**
 * Numbers that Zalo sets. The mark says how sure they are: [D] official documentation, [L] seen live by others, [C] third-party code,
 * [I] inferred, [?] unverified. None was tried against a live Official Account by us.
 */

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Characters of a text message after NFC; more answers -210 [D]. */
export const TEXT_LIMIT = 2000
/** Where texts are cut: room for what Zalo may count otherwise than we do [I]. */
export const TEXT_SPLIT = 1900
/** Buttons under one message [D]. */
export const BUTTONS_LIMIT = 5
/** Characters of a button's title [D]; phones show about 20 of them [I]. */
export const BUTTON_TITLE_LIMIT = 100
/** Characters that a query button posts back [D]. */
export const BUTTON_PAYLOAD_LIMIT = 1000
/** Characters of the text of an `oa.open.sms` button [D]. */
export const BUTTON_SMS_LIMIT = 160
/** Rows of a list template [D]. */
export const LIST_LIMIT = 5
/** Characters of the title of a list row and of a request for contact data [D]. */
export const ELEMENT_TITLE_LIMIT = 100
/** Characters of the subtitle of the same [D]; an empty one answers -201 [L]. */
export const ELEMENT_SUBTITLE_LIMIT = 500

/** Bytes of an uploaded jpg or png [D]. */
export const IMAGE_BYTES_LIMIT = 1024 * 1024
/** Bytes of an uploaded gif [D]. */
export const GIF_BYTES_LIMIT = 5 * 1024 * 1024
/** Bytes of an uploaded file [D]; only PDF was seen to be accepted [L]. */
export const FILE_BYTES_LIMIT = 5 * 1024 * 1024
/** Uploads of each kind in a month [D]. */
export const UPLOADS_PER_MONTH = 5000
/** How long the id of an upload works; later -100 [D]. */
export const UPLOAD_LIFE_MS = 7 * DAY

/** Since the user's last interaction: replies are free [D]. */
export const FREE_WINDOW_MS = 48 * HOUR
/** Since the user's last interaction: replies are paid or on the package; later -230 [D]. */
export const PAID_WINDOW_MS = 7 * DAY
/** Messages to a follower who has never interacted [D]. */
export const WELCOME_MESSAGES = 3
/** Hours of Asia/Ho_Chi_Minh [I] in which broadcasts and promotion are refused with -234: from this one … [D] */
export const NIGHT_FROM_HOUR = 22
/** … until this one [D]. */
export const NIGHT_UNTIL_HOUR = 6

/** Rows of one page of the user list [D]. */
export const USER_PAGE_LIMIT = 50
/** Highest offset of the user list [D]. */
export const USER_OFFSET_LIMIT = 9951
/** Rows of one page of recent chats or of a conversation; more answers -210 [D]. */
export const CHAT_PAGE_LIMIT = 10
/** Reactions to one message [D]. */
export const REACTIONS_LIMIT = 50
/** Members named when a group is made [D]. */
export const GROUP_MEMBERS_LIMIT = 99
/** Articles in one broadcast [D]. */
export const BROADCAST_ARTICLES_LIMIT = 5
/** Characters of an article's title, author and description [D]. */
export const ARTICLE_LIMITS = { title: 150, author: 50, description: 300 } as const
/** Characters of a template message's tracking id [D]. */
export const TRACKING_ID_LIMIT = 48

/** Requests a minute of a package «Tăng trưởng» [D]. */
export const REQUESTS_PER_MINUTE_GROWTH = 100
/** What is safe to use of them when the package is not known [I]. */
export const REQUESTS_PER_MINUTE_SAFE = 80

/** Life of an access token [D]. */
export const ACCESS_TOKEN_LIFE_MS = 25 * HOUR
/** Life of a refresh token that nobody uses: 3 months [D]. */
export const REFRESH_TOKEN_LIFE_MS = 90 * DAY
/** Life of a consent code, which works once [D]. */
export const CODE_LIFE_MS = 10 * MINUTE

/** A webhook must be answered with 200 within this time [D]. */
export const WEBHOOK_ANSWER_MS = 2 * SECOND
/** When Zalo tries again (header `num_retry` 1 … 5); then it switches the webhook off [D]. */
export const WEBHOOK_RETRY_MS: readonly number[] = [30 * SECOND, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR]

/** How long we wait for Zalo, by sort of call [I]. */
export const TIMEOUT_MS = { read: 10 * SECOND, send: 15 * SECOND, upload: 60 * SECOND, oauth: 30 * SECOND } as const
