/**
 * What a scam story is about, for the incident log: a caller who says he is an official · a code that is asked for · a link or a program ·
 * money that is asked for · the phone steered from afar · money or an account already gone · a message that is not the genuine one.
 */
export const SCAM_KINDS = ['caller', 'code', 'link', 'money', 'remote', 'lost', 'message'] as const
export type ScamKind = (typeof SCAM_KINDS)[number]
