/**
 * Every name under which a browser takes an attribute for an event handler, lower case: the handlers of the HTML
 * living standard and of the specifications that extend it (pointer, touch, animation, media, sensors, SVG), and
 * the legacy ones of Internet Explorer, Gecko and WebKit.
 */
export const EVENT_HANDLER_NAMES: ReadonlySet<string> = new Set(
  `
  onabort onactivate onafterprint onafterscriptexecute onafterupdate onanimationcancel onanimationend
  onanimationiteration onanimationstart onappinstalled onariarequest onautocomplete onautocompleteerror onauxclick
  onbeforeactivate onbeforecopy onbeforecut onbeforedeactivate onbeforeeditfocus onbeforeinput
  onbeforeinstallprompt onbeforematch onbeforepaste onbeforeprint onbeforescriptexecute onbeforetoggle
  onbeforeunload onbeforeupdate onbeforexrselect onbegin onblur onbounce
  oncancel oncanplay oncanplaythrough oncellchange onchange onclick onclose oncommand oncompassneedscalibration
  oncompositionend oncompositionstart oncompositionupdate
  oncontentvisibilityautostatechange oncontextlost oncontextmenu oncontextrestored oncontrolselect oncopy
  oncuechange oncut
  ondataavailable ondatasetchanged ondatasetcomplete ondblclick ondeactivate ondevicelight
  ondevicemotion ondeviceorientation ondeviceorientationabsolute ondeviceproximity ondomactivate
  ondrag ondragdrop ondragend ondragenter ondragexit ondragleave ondragover ondragstart ondrop ondurationchange
  onemptied onencrypted onend onended onerror onerrorupdate
  onfencedtreeclick onfilterchange onfinish onfocus onfocusin onfocusout onformchange onformdata onforminput
  onfscommand onfullscreenchange onfullscreenerror
  ongamepadconnected ongamepaddisconnected ongesturechange ongestureend ongesturestart ongotpointercapture
  onhashchange onhelp oninput oninvalid
  onkeydown onkeypress onkeyup
  onlanguagechange onlayoutcomplete onload onloadeddata onloadedmetadata onloadend onloadstart onlosecapture
  onlostpointercapture
  onmediacomplete onmediaerror onmessage onmessageerror onmousedown onmouseenter onmouseleave onmousemove
  onmouseout onmouseover onmouseup onmousewheel onmove onmoveend onmovestart onmozfullscreenchange
  onmozfullscreenerror onmozpointerlockchange onmozpointerlockerror onmscontentzoom onmsgesturechange
  onmsgesturedoubletap onmsgestureend onmsgesturehold onmsgesturestart onmsgesturetap onmsgotpointercapture
  onmsinertiastart onmslostpointercapture onmsmanipulationstatechanged onmspointercancel onmspointerdown
  onmspointerenter onmspointerleave onmspointermove onmspointerout onmspointerover onmspointerup
  onmssitemodejumplistitemremoved onmsthumbnailclick
  onoffline ononline onorientationchange onoutofsync onoverflow onoverscroll
  onpagehide onpagereveal onpageshow onpageswap onpaste onpause onplay onplaying onpointercancel onpointerdown
  onpointerenter onpointerleave onpointerlockchange onpointerlockerror onpointermove onpointerout onpointerover
  onpointerrawupdate onpointerup onpopstate onprogress onpropertychange
  onratechange onreadystatechange onrejectionhandled onrepeat onreset onresize onresizeend onresizestart onresume
  onreverse onrowdelete onrowenter onrowexit onrowinserted onrowsdelete onrowsenter onrowsinserted
  onscroll onscrollend onscrollsnapchange onscrollsnapchanging onsearch onsecuritypolicyviolation onseek onseeked
  onseeking onselect onselectionchange onselectstart onshow onslotchange onstalled onstart onstop onstorage
  onsubmit onsuspend onsyncrestored
  ontimeerror ontimeout ontimeupdate ontoggle ontouchcancel ontouchend ontouchmove ontouchstart ontrackchange
  ontransitioncancel ontransitionend ontransitionrun ontransitionstart
  onunderflow onunhandledrejection onunload onurlflip onuserproximity
  onvolumechange onvrdisplayactivate onvrdisplayblur onvrdisplayconnect
  onvrdisplaydeactivate onvrdisplaydisconnect onvrdisplayfocus onvrdisplaypointerrestricted
  onvrdisplaypointerunrestricted onvrdisplaypresentchange
  onwaiting onwaitingforkey onwebkitanimationend onwebkitanimationiteration onwebkitanimationstart
  onwebkitcurrentplaybacktargetiswirelesschanged onwebkitfullscreenchange onwebkitfullscreenerror
  onwebkitkeyadded onwebkitkeyerror onwebkitkeymessage onwebkitmouseforcechanged onwebkitmouseforcedown
  onwebkitmouseforceup onwebkitmouseforcewillbegin onwebkitneedkey onwebkitplaybacktargetavailabilitychanged
  onwebkitpresentationmodechanged onwebkittransitionend onwebkitwillrevealbottom onwebkitwillrevealleft
  onwebkitwillrevealright onwebkitwillrevealtop onwheel
  onzoom
  `
    .trim()
    .split(/\s+/),
)

const lengths = [...EVENT_HANDLER_NAMES].map((name) => name.length)
const SHORTEST = Math.min(...lengths)
const LONGEST = Math.max(...lengths)

/** `o`, `on`, `onc` …: what removing a name in the middle could complete to another name. */
const BEGINNINGS = new Set(
  [...EVENT_HANDLER_NAMES].flatMap((name) =>
    Array.from({ length: name.length - 1 }, (_, index) => name.slice(0, index + 1)),
  ),
)

const endsWithBeginning = (text: string): boolean => {
  for (let length = 1; length < LONGEST && length <= text.length; length += 1)
    if (BEGINNINGS.has(text.slice(-length))) return true
  return false
}

/**
 * How many characters at the end of `word` (lower case) are the name of a handler: the whole word, or an end of it
 * that leaves the beginning of another name behind (`oncl|onclick`). 0 when there is none: `buttonclick`, `once`.
 * Costs the same whatever the length of the word.
 */
export const handlerNameLength = (word: string): number => {
  if (EVENT_HANDLER_NAMES.has(word)) return word.length
  for (let length = Math.min(LONGEST, word.length - 1); length >= SHORTEST; length -= 1) {
    const before = word.slice(0, -length).slice(-LONGEST)
    if (EVENT_HANDLER_NAMES.has(word.slice(-length)) && endsWithBeginning(before)) return length
  }
  return 0
}
