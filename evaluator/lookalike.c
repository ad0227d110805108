/* SPDX-License-Identifier: MIT */
/* lookalike.c: names that look the same and are not: letters with marks may be one character or two, and some signs
   have the form of a letter. */
#include "evaluator/lookalike.h"
#include <string.h>
#include "base/source.h"

/* Letters with a mark, each followed by the letter without: Latin and Greek ones. */
static const struct { uint32_t mark; const char *letters; } marked[] = {
    {0x300, "ÀAÈEÌIÒOÙUàaèeìiòoùuǸNǹn"},
    {0x301, "ÁAÉEÍIÓOÚUÝYáaéeíióoúuýyĆCćcĹLĺlŃNńnŔRŕrŚSśsŹZźzǴGǵgǼÆǽæǾØǿøΆΑΈΕΉΗΊΙΌΟΎΥΏΩάαέεήηίιόο"
            "ύυώω"},
    {0x302, "ÂAÊEÎIÔOÛUâaêeîiôoûuĈCĉcĜGĝgĤHĥhĴJĵjŜSŝsŴWŵwŶYŷy"},
    {0x303, "ÃAÑNÕOãañnõoĨIĩiŨUũu"},
    {0x304, "ĀAāaĒEēeĪIīiŌOōoŪUūuǢÆǣæ"},
    {0x306, "ĂAăaĔEĕeĞGğgĬIĭiŎOŏoŬUŭu"},
    {0x307, "ĊCċcĖEėeĠGġgİIŻZżz"},
    {0x308, "ÄAËEÏIÖOÜUäaëeïiöoüuÿyŸYΪΙΫΥϊιϋυ"},
    {0x30A, "ÅAåaŮUůu"},
    {0x30B, "ŐOőoŰUűu"},
    {0x30C, "ČCčcĎDďdĚEěeĽLľlŇNňnŘRřrŠSšsŤTťtŽZžzǍAǎaǏIǐiǑOǒoǓUǔuǦGǧgǨKǩkǮƷǯʒǰjȞHȟh"},
    {0x327, "ÇCçcĢGģgĶKķkĻLļlŅNņnŖRŗrŞSşsŢTţt"},
    {0x328, "ĄAąaĘEęeĮIįiŲUųuǪOǫo"},
};

/* A name as letters and marks, one at a time. */
typedef struct Reader { const char *at, *limit; uint32_t mark; } Reader;

static uint32_t read_character(const char **at, const char *limit) {
  uint32_t character = 0;
  int bytes = *at < limit ? utf8_decode(*at, limit, &character) : 0;
  *at += bytes;
  return character;
}

static uint32_t split_marked(Reader *reader, uint32_t character) {
  if (character < 0xC0) return character == 0xB5 ? 0x3BC : character; /* the sign for micro is a mu */
  for (size_t k = 0; k < sizeof marked / sizeof *marked; k++) {
    const char *at = marked[k].letters, *limit = at + strlen(at);
    while (at < limit) {
      uint32_t letter = read_character(&at, limit), base = read_character(&at, limit);
      if (letter != character) continue;
      reader->mark = marked[k].mark;
      return base;
    }
  }
  return character == 0x2126 ? 0x3A9 : character; /* the sign for ohm is an omega */
}

static uint32_t next(Reader *reader) {
  uint32_t mark = reader->mark;
  reader->mark = 0;
  return mark ? mark : split_marked(reader, read_character(&reader->at, reader->limit));
}

bool names_look_alike(const char *a, const char *b, uint32_t *first, uint32_t *other) {
  Reader left = {a, a + strlen(a), 0}, right = {b, b + strlen(b), 0};
  if (strcmp(a, b) == 0) return false;
  for (uint32_t character = 1; character;)
    if ((character = next(&left)) != next(&right)) return false;
  do {
    *first = read_character(&a, left.limit);
    *other = read_character(&b, right.limit);
  } while (*first == *other);
  return true;
}
