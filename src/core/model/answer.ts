import { z } from 'zod'
import { TITLE_LIMIT } from '../flow/definition.js'

/** What residents ask about. Labels are for ever: the questions queue, the overlay and the development set name them. */
export const TOPICS = [
  'de-an-06-la-gi', 'nhiem-vu-can-bo-to-truong',
  'cccd-lam-moi-o-dau', 'cccd-tam-tru', 'cccd-luu-dong-tai-nha', 'cccd-doi-sau-sap-nhap', 'cccd-het-han-doi-the', 'cccd-mat-hong-cap-lai',
  'cccd-le-phi', 'cccd-tre-em', 'cccd-tra-the-cham',
  'muc1-muc2-khac-nhau', 'vneid-loi-ich-bat-buoc', 'tai-cai-dat-vneid', 'khong-smartphone-may-cu',
  'dang-ky-muc1-cac-buoc', 'nfc-khong-doc-duoc', 'khong-co-nfc-quet-qr', 'anh-chan-dung-loi', 'thong-tin-khong-khop',
  'dang-ky-muc2-o-dau', 'muc2-cho-duyet', 'tin-nhan-phe-duyet',
  'kich-hoat-cac-buoc', 'kich-hoat-qua-han-da-kich-hoat', 'otp-khong-ve', 'mat-khau-passcode-dat', 'cau-hoi-bao-mat',
  'quen-mat-khau', 'quen-passcode', 'doi-may-dang-nhap', 'mat-dien-thoai-khoa-tai-khoan', 'tai-khoan-bi-khoa', 'doi-so-dien-thoai',
  'so-dien-thoai-dung-chung', 'app-bao-loi-bao-tri', 'tich-hop-giay-to',
  'dvcqg-la-gi-loi-ich', 'dvcqg-dang-nhap-vneid', 'dvcqg-tai-khoan-cu', 'dvcqg-loi-dang-nhap',
  'phuong-sap-nhap-dia-chi', 'lien-he-gio-lam-viec', 'lua-dao-nhan-biet', 'rieng-tu-du-lieu-bot',
] as const // prettier-ignore
export type Topic = (typeof TOPICS)[number]

/** Where the bot sends people with what is not its own; each has a sentence in `phrases`. */
export const DOORS = [
  'portal',
  'service-centre',
  'police-emergency',
  'ambulance',
  'fire',
  'police',
  'team',
  'hotline',
  'none',
] as const
export type Door = (typeof DOORS)[number]

/** The day of the official letter: answers are known from here on. */
export const ANSWERS_FROM = '2022-10-24'
/** Characters of an answer: «three lines at most» of a question in the middle of a guide, as a phone breaks them, and room for a dated fact. */
export const ANSWER_LIMIT = 900
/** The fewest phrasings that an answer is found by. */
export const PHRASINGS_MINIMUM = { vi: 20, en: 8 } as const

const day = z.iso.date('must be a date like 2022-10-24')
const slug = z.string().regex(/^[a-z0-9][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens')
const phrasing = z.string().trim().min(1, 'is empty').max(400, 'has more than 400 characters')
const phrasings = z.array(phrasing)

/** The form of the head of `content/<language>/answers/<topic>.md`. */
export const AnswerHead = z.strictObject({
  /** What the question is about, for «có phải ý bác là…». */
  title: z.string().trim().min(1).max(TITLE_LIMIT),
  /** The last day on which it may be given without having been looked at again. */
  review: day,
  /** What happens behind that day: it is given and flagged to staff, or not given. */
  stale: z.enum(['flag', 'silence']),
  /** The guide that does what the answer is about. */
  guide: z.string().optional(),
  phrasings,
})

/** What was right from a day until another. */
export interface AnswerText {
  from: string
  /** The last day; undefined: still in force. */
  until?: string | undefined
  /** Ids of sources.yaml. */
  sources: readonly string[]
  text: string
}

/** One answer in one language. */
export interface Answer extends z.infer<typeof AnswerHead> {
  /** By date, without gaps. */
  texts: readonly AnswerText[]
}

/** The form of `content/<language>/utterances.yaml`: what people write that is no question of ours. */
export const UtterancesFile = z.strictObject({
  foreign: z.record(slug, z.strictObject({ door: z.enum(DOORS), phrasings })),
  danger: z.record(slug, phrasings),
  human: phrasings,
  greeting: phrasings,
  thanks: phrasings,
  insult: phrasings,
})
export type Utterances = z.infer<typeof UtterancesFile>

/** The place of the text in force on a day: before the first one the first, because nothing older is known. */
export function textIndexOn(texts: readonly AnswerText[], day: string): number {
  return Math.max(
    0,
    texts.findLastIndex(({ from }) => from <= day),
  )
}
