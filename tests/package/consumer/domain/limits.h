// A header of the consumer; chathttp has one of this name, too.
#ifndef CONSUMER_DOMAIN_LIMITS_H_
#define CONSUMER_DOMAIN_LIMITS_H_

inline constexpr int kMembersOfConsumer = 1;

#endif  // CONSUMER_DOMAIN_LIMITS_H_
