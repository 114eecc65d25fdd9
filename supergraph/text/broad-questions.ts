/** Words that ask for an account of much of what there is, in the languages that questions are understood in, as stems. */
const ACCOUNT =
  /(?<![\p{L}\p{N}])(?:summar(?:y|ies|i[sz]e[sd]?|i[sz]ing)|overview|recap|gist|walk me through|zusammenfass|überblick|übersicht|résum|aperçu|vue d['’]ensemble|resum[eiao]|panorama|riassu|sintesi|panoramica|visão geral|обзор|резюм|кратк|итог|подытож)|总结|總結|概述|概括|汇总|匯總|要約|まとめ|概要|要点|요약|개요/iu;
/** That ask for each one of what there is. */
const EACH =
  /(?<![\p{L}\p{N}])(?:(?:list|name|enumerate|show)(?: me)? (?:all|every|each)|in (?:what|which) order|how many (?:different|distinct)|everything (?:that|we|you|i|about)|all (?:the|of the|my|our|your) \p{L}+s(?![\p{L}\p{N}])|(?:nenne|liste)\p{L}* (?:mir )?alle|alles (?:was|über)|tou(?:te)?s les|todos (?:los|os)|todas (?:las|as)|tutt[ie] (?:i|gli|le)|все)(?![\p{L}\p{N}])|列出|所有的|全部的|すべての|全ての|모든/iu;

/** Whether a question wants an account of much that was said rather than one fact. In doubt it does not. */
export function isBroad(question: string): boolean {
  return ACCOUNT.test(question) || EACH.test(question);
}
