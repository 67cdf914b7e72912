#!/usr/bin/perl
# Writes apps/terminal/width_table.cc from the Unicode data that perl itself carries:
#
#   perl tests/apps/terminal/make_width_table.pl > apps/terminal/width_table.cc
use strict;
use warnings;
use Unicode::UCD;

my %tables = (
  kJoining => sub { /[\p{GCB=EX}\p{GCB=ZWJ}]/ && /[\p{Mn}\p{Me}\p{Cf}\p{EMod}]/ },
  kWide => sub { /[\p{Ea=W}\p{Ea=F}]/ },
  kPictographic => sub { /\p{ExtPict}/ },
  kHidden => sub { /\p{GCB=CN}/ && !/\p{Cs}/ && !/\p{Cn}/ },
);
my %notes = (
  kJoining => 'GCB=Extend or ZWJ, and gc=Mn, Me, Cf or Emoji_Modifier',
  kWide => 'East_Asian_Width W or F',
  kPictographic => 'Extended_Pictographic',
  kHidden => 'GCB=Control, assigned',
);

my $version = Unicode::UCD::UnicodeVersion();
print <<"END";
// Made by tests/apps/terminal/make_width_table.pl from the Unicode Character Database, version
// $version, as it comes with perl. Do not edit.
#include "apps/terminal/width_table.h"

namespace chathttp {
namespace {

// clang-format off
END
for my $name (sort keys %tables) {
  my ($test, @ranges) = ($tables{$name});
  for my $code (0 .. 0x10FFFF) {
    next if $code >= 0xD800 && $code <= 0xDFFF;
    local $_ = chr $code;
    next unless $test->();
    if (@ranges && $ranges[-1][1] == $code - 1) { $ranges[-1][1] = $code }
    else { push @ranges, [$code, $code] }
  }
  print "\n// $notes{$name}.\nconstexpr CodePointRange ${name}[] = {\n";
  for (my $i = 0; $i < @ranges; $i += 4) {
    my $last = $i + 3 < $#ranges ? $i + 3 : $#ranges;
    print '    ', join(' ', map { sprintf '{0x%04X, 0x%04X},', @$_ } @ranges[$i .. $last]), "\n";
  }
  print "};\n";
}
print "// clang-format on\n\n}  // namespace\n\n";
print "std::string_view UnicodeVersion() { return \"$version\"; }\n";
for my $name (sort keys %tables) {
  (my $function = $name) =~ s/^k//;
  print "std::span<const CodePointRange> ${function}Ranges() { return $name; }\n";
}
print "\n}  // namespace chathttp\n";
