/** What people put between the digits. */
const SPACING = /[\s.\-()]/g

/**
 * A phone number of Viet Nam in ten digits (a landline has ten or eleven) with the leading zero; null: it is none. A spreadsheet takes the leading
 * zero away, so nine digits that begin like a mobile number are one.
 */
export function readPhone(text: string): string | null {
  const digits = text.replace(SPACING, '').replace(/^(\+84|0084|84(?=\d{9}$))0?/, '0')
  const whole = /^[35789]\d{8}$/.test(digits) ? `0${digits}` : digits
  return /^0[35789]\d{8}$/.test(whole) || /^02\d{8,9}$/.test(whole) ? whole : null
}
