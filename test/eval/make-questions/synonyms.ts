/**
 * Other words for nouns of software, in the singular. Left out: what has no other word that a person would say, as `key`,
 * and what means another thing in every package, as `source`.
 */
const NOUNS =
  'ability=capability; amount=quantity; application=program; argument=parameter; array=list; attempt=try; attribute=property; body=payload; ' +
  'boolean=yes-or-no value; bug=fault; byte=octet; character=letter; choice=alternative; chunk=piece; color=hue; colour=hue; ' +
  'command=instruction; comment=remark; config=settings; configuration=settings; connection=link; copy=duplicate; cursor=caret; data=information; ' +
  'delimiter=separator; depth=nesting; description=explanation; digit=figure; directory=folder; documentation=manual; dotfile=hidden document; element=item; ' +
  'entry=record; error=failure; event=occurrence; exception=failure; extension=ending; feature=ability; field=attribute; file=document; ' +
  'filename=document name; folder=directory; fragment=piece; function=routine; heading=title; ' +
  'indentation=leading blanks; integer=whole number; item=element; iteration=round; label=caption; limit=cap; loop=cycle; ' +
  'memory=RAM; message=note; method=routine; millisecond=thousandth of a second; module=library; newline=line break; notification=notice; ' +
  'option=setting; output=result; package=library; padding=blank space; pair=couple; parameter=argument; path=location; ' +
  'payload=body; performance=speed; plugin=add-on; prefix=beginning; problem=trouble; property=attribute; proxy=relay; queue=waiting line; quote=quotation mark; ' +
  'range=span; reason=cause; reply=answer; requirement=need; result=outcome; script=program; security=safety; segment=piece; ' +
  'separator=delimiter; sequence=series; server=host; setting=option; slash=stroke; space=blank; stream=flow; string=text; suffix=ending; ' +
  'symlink=symbolic reference; syntax=grammar; terminal=console; test=check; text=wording; timeout=time limit; timestamp=moment in time; title=heading; ' +
  'typo=spelling mistake; usage=use; user=person; validation=checking; version=edition; vulnerability=weakness; warning=notice; whitespace=blanks; width=breadth';

/** The same of verbs, in the base form; the replacement may be of several words, of which the first is inflected. */
const VERBS =
  'accept=take; add=introduce; adjust=tune; allow=permit; append=attach; apply=put to use; avoid=keep clear of; build=construct; calculate=work out; ' +
  'cancel=abort; change=alter; check=test; close=shut; collect=gather; combine=join; compute=work out; configure=set up; convert=turn; ' +
  'create=make; customize=adapt; define=determine; delete=erase; describe=explain; destroy=tear down; detect=notice; disable=switch off; disallow=forbid; ' +
  'discard=throw away; display=present; drop=give up; emit=fire; enable=switch on; enforce=insist on; exclude=leave out; execute=carry out; expand=unfold; extend=widen; ' +
  'extract=pull out; fetch=load; find=locate; fix=repair; forbid=prohibit; force=compel; generate=produce; handle=deal with; hide=conceal; ' +
  'highlight=emphasise; ignore=pass over; implement=realise; improve=enhance; include=take in; increase=raise; indicate=tell; insert=put in; join=put together; ' +
  'keep=retain; limit=restrict; list=enumerate; merge=combine; modify=alter; move=shift; omit=leave out; override=replace; parse=read; prefer=favour; ' +
  'preserve=retain; prevent=stop; print=write out; produce=generate; provide=supply; randomize=shuffle; reduce=lower; reject=refuse; remove=get rid of; ' +
  'rename=give another name to; render=draw; replace=exchange; resolve=work out; restore=bring back; restrict=limit; return=hand back; save=store; ' +
  'scan=look through; search=look through; select=choose; send=transmit; serialize=write out; serve=deliver; set=decide on; show=present; skip=leave out; sort=arrange; ' +
  'specify=state; split=divide; start=begin; stop=end; store=keep; strip=take off; suppress=silence; terminate=end; test=try; throw=raise; ' +
  'track=keep an eye on; transform=change; trim=cut; truncate=shorten; update=refresh; use=employ; validate=check; verify=check; wrap=enclose; write=put down';

/** And words of one form. */
const OTHERS =
  'additional=further; automatically=by itself; complete=whole; corresponding=matching; current=present; custom=self-defined; deprecated=outdated; different=other; ' +
  'directly=straight; duplicate=repeated; empty=blank; entire=whole; exact=precise; existing=present; extra=more; full=complete; given=supplied; identical=equal; ' +
  'immediately=at once; incorrect=wrong; initial=first; internal=inner; invalid=wrong; large=big; last=final; latest=newest; leading=first; main=principal; max=greatest; ' +
  'maximum=greatest; minimum=smallest; missing=absent; multiple=several; nested=inner; new=fresh; next=following; possible=feasible; previous=earlier; provided=supplied; ' +
  'random=arbitrary; required=mandatory; short=brief; similar=alike; single=lone; small=little; specific=particular; specified=stated; strict=exacting; total=overall; trailing=final; unique=distinct; ' +
  'unknown=unfamiliar; unnecessary=needless; unneeded=needless; unused=idle; valid=well-formed; whole=entire; wrong=mistaken; broken=faulty; dangerous=risky; robust=sturdy; horizontal=level';

function entries(table: string): [word: string, other: string][] {
  return table.split(';').map((entry) => {
    const [word = '', other = ''] = entry.split('=').map((part) => part.trim());
    return [word, other];
  });
}

export const OTHER_NOUNS: ReadonlyMap<string, string> = new Map(entries(NOUNS));
export const OTHER_VERBS: ReadonlyMap<string, string> = new Map(entries(VERBS));
export const OTHER_WORDS: ReadonlyMap<string, string> = new Map(entries(OTHERS));
