/** Country codes of the net. */
const COUNTRIES =
  'ac ad ae af ag ai al am ao aq ar as at au aw ax az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch ci ck cl cm cn co cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in io iq ir is it je jm jo jp ke kg kh ki km kn kp kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md me mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tv tw tz ua ug uk us uy uz va vc ve vg vi vu wf ws ye yt za zm zw'
/** Endings that no Vietnamese word has behind a full stop: a link however it is capitalised. */
const PLAIN =
  'com net org edu gov info biz vn asia xyz top site online website store shop club app apps dev page pages link links click live life icu vip pro fun space tech cloud host press work works world today news blog wiki email support help services systems digital agency center company group network solutions zone win bet casino loan money cash finance credit bank mobi name social media chat zip mov apk example test invalid localhost beauty bio blue buzz care cfd city codes cyou date design direct domains download earth education energy estate events exchange expert express faith farm fit foundation fund fyi gallery games gift global gold guru health hosting house ink institute international jobs land law lol loans ltd management market marketing monster one ooo party photo photos pics pictures plus porn promo pub quest racing rent repair report rest review reviews rocks sale school science security sexy shoes show singles skin solar store stream studio style sucks surf tax team tips tools tours town toys trade training travel uno ventures video vision vote voto wang watch webcam wedding wtf yoga'
const ENDINGS = new Set(PLAIN.split(' '))
const COUNTRY_ENDINGS = new Set(COUNTRIES.split(' '))

/** Anything with a scheme, `//` or not. */
const WITH_SCHEME =
  /(?<![\p{L}\p{N}])(?:[a-z][a-z0-9+.-]*:\/\/|https?:|(?:javascript|data|intent|zalo|tg):(?=\S))\S*/giu
/** Labels with full stops between, and whatever a browser would take with them. */
const DOTTED =
  /(?<![\p{L}\p{N}._@-])(?:[^\s@/«»“”"'(),;]+@)?(?:[\p{L}\p{N}_-]+\.)+[\p{L}\p{N}-]{2,}(?::\d+)?(?:[/?#\\]\S*)?/giu
const ADDRESS = /(?<![\d./-])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])/g
/** «evil chấm com», «evil . com», «evil[.]com»: written so that a check does not see it. */
const SPELT =
  /([a-z0-9-]{2,})(?:\s+(?:chấm|cham|dot)\s+|\s*[[(]\s*(?:\.|chấm|cham|dot)\s*[\])]\s*|\s+\.\s*)(com|net|org|vn|info|xyz|top|link|site|online|me|ly|cc)(?![\p{L}\p{N}])/giu

/** What a reader sees as one sign and a machine as another: full-width letters and stops, and signs of no width. */
export function plainSigns(text: string): string {
  return text
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .replace(/[。．｡․]/gu, '.')
}

/** Hosts (or addresses) of all links in a text that lead elsewhere than to the hosts given and what lies below them. */
export function linksOutside(text: string, hosts: readonly string[]): string[] {
  const outside: string[] = []
  const judge = (host: string, allowed = true) => {
    const known = allowed && hosts.some((one) => host === one || host.endsWith(`.${one}`))
    if (!known && !outside.includes(host)) outside.push(host)
  }
  let rest = plainSigns(text)
  const take = (pattern: RegExp, found: (match: readonly string[]) => boolean) => {
    rest = rest.replace(pattern, (...args) => {
      const groups = args.filter((one): one is string => typeof one === 'string').slice(0, -1)
      return found(groups) ? ' ' : args[0]
    })
  }
  take(WITH_SCHEME, ([link = '']) => {
    const read = hostOf(link)
    judge(read?.host ?? link, read !== null && read.plain)
    return true
  })
  take(DOTTED, ([link = '']) => {
    const [, before, name = ''] = /^([^@]*@)?([^/:?#\\]+)/u.exec(link)!
    const path = link.length > (before ?? '').length + name.length
    if (!isHost(name, path)) return false
    // An address of mail is none, unless it is made to be read as the host in front of it.
    if (before && !path && !isHost(before.slice(0, -1), false)) return true
    judge(hostOf(`http://${name}`)?.host ?? name.toLowerCase(), !before)
    return true
  })
  take(ADDRESS, ([address = '']) => {
    if (address.split('.').some((part) => Number(part) > 255)) return false
    judge(address)
    return true
  })
  take(SPELT, ([, name = '', ending = '']) => {
    judge(`${name}.${ending}`.toLowerCase())
    return true
  })
  return outside
}

/** `plain`: http or https, without a user's name that hides the host. Null: no browser reads it. */
function hostOf(link: string): { host: string; plain: boolean } | null {
  try {
    const { protocol, hostname, username, password } = new URL(link.replace(/[).,;!»”"'\]]+$/u, ''))
    if (hostname === '') return null
    return { host: hostname, plain: /^https?:$/.test(protocol) && username === '' && password === '' }
  } catch {
    return null
  }
}

/** Whether labels with full stops between are a host, and not two sentences without a blank: «TP.Thái Nguyên», «CCCD.Xong». */
function isHost(name: string, path: boolean): boolean {
  const ending = name.split('.').at(-1)!
  if (/^www\./i.test(name)) return true
  // Digits alone are a number, or an address that is looked at by itself.
  if (/^[\d.]+$/.test(name)) return false
  if (path && /^[a-z][a-z0-9-]*$/.test(ending)) return true
  if (ENDINGS.has(ending.toLowerCase()) || /^xn--/i.test(ending)) return true
  if (COUNTRY_ENDINGS.has(ending)) return true
  // Endings in other scripts: no Vietnamese word is written in them.
  return /\p{L}/u.test(ending) && !/\p{Script=Latin}/u.test(ending)
}
