/**
 * Vietnamese syllables by their two parts, without tones and marks. A word of a message that is none was typed in some other way: telex keys
 * left in it, several words run together, a slip of the finger, English.
 */
const ONSETS = 'b c ch d g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x'.split(' ')
const RIMES = new Set(
  (
    'a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu i ia ich iec iem ien ieng iep iet ieu im in inh ip it iu ' +
    'o oa oac oach oai oam oan oang oanh oap oat oay oc oe oen oeo oet oi om on ong op ot ' +
    'u ua uan uang uat uau uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu uy uya uych uyen uyet uynh uyt uyu ' +
    'y yem yen yeng yet yeu'
  ).split(' '),
)
/** Rimes that no word begins with a consonant on, or that need one. */
const ALONE = new Set('a ai am an ang anh ao ap at au ay ac ach e em en eo ep et i im in it ich inh o oa oai oan oang oc oi om on ong op ot oc u ua uc ui um un ung uot uong uop uu uy uyen y yem yen yet yeu uoc'.split(' ')) // prettier-ignore

const known = new Map<string, boolean>()

/** True for a folded word that could be a Vietnamese syllable. */
export function isSyllable(word: string): boolean {
  const seen = known.get(word)
  if (seen !== undefined) return seen
  const is = check(word)
  if (known.size < 20_000) known.set(word, is)
  return is
}

function check(word: string): boolean {
  if (word.length > 7 || word.length === 0) return false
  if (ALONE.has(word)) return true
  for (let length = Math.min(3, word.length - 1); length > 0; length--) {
    const onset = word.slice(0, length)
    if (!ONSETS.includes(onset)) continue
    const rime = word.slice(length)
    if (onset === 'gi' && (rime === 'n' || rime === 'm')) return true
    // Quỳnh, quýt, quỵch: the u of uynh, uyt and uych belongs to the qu.
    if (onset === 'qu' && (rime === 'ynh' || rime === 'yt' || rime === 'ych')) return true
    if (RIMES.has(rime)) return true
  }
  return word === 'gi' || word === 'gin'
}
