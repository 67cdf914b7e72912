// Breaks a text into rows of a width, between words where that is possible.
//
//   Wrap("one two three", 8, 6)   -> {"one two", "three"}     the first row may be 8 wide, others 6
//
// Pure function, safe from any thread. O(size of the text).
#ifndef CHATHTTP_APPS_TERMINAL_WRAP_H_
#define CHATHTTP_APPS_TERMINAL_WRAP_H_

#include <string_view>
#include <vector>

namespace chathttp {

// The rows of `text`, which must be ShownText; views into it, without the blanks at which it was
// broken; at least one. A word that is wider than a row is broken between clusters. Widths below 2
// are taken as 2, as any character fits in there.
[[nodiscard]] std::vector<std::string_view> Wrap(std::string_view text, int first_columns,
                                                 int next_columns);

}  // namespace chathttp

#endif  // CHATHTTP_APPS_TERMINAL_WRAP_H_
