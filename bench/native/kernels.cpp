// The work of bench/kernels.ts in C++: what the compiler makes of plain loops on unsigned __int128.
// Prints "name<TAB>nanoseconds per element" a line.
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <vector>

typedef unsigned __int128 u128;
typedef __int128 i128;

static uint64_t state = 88172645463325252ull;
static uint64_t next64() {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

/** n random words and some to spare. Arrays start at different offsets mod 4096, as they do in the ring's heap. */
template <class T> struct Words {
  std::vector<char> memory;
  T *first;
  explicit Words(size_t n) : memory((n + 37) * sizeof(T) + 8192) {
    static size_t count = 0;
    size_t base = (size_t)memory.data();
    first = (T *)((base + 4095) / 4096 * 4096 + count++ % 6 * 592);
    for (size_t i = 0; i < n + 37; i++) first[i] = (T)(((u128)next64() << 64) | next64());
  }
  T *data() { return first; }
  T &operator[](size_t i) { return first[i]; }
};
template <class T> static Words<T> words(size_t n) { return Words<T>(n); }

static void report(const std::string &name, double work, const std::function<void()> &run) {
  using clock = std::chrono::steady_clock;
  double best = 1e300;
  long calls = 1;
  for (int round = 0; round < 8;) {
    auto start = clock::now();
    for (long i = 0; i < calls; i++) {
      run();
      asm volatile("" ::: "memory");
    }
    double took = std::chrono::duration<double, std::nano>(clock::now() - start).count();
    if (took < 4e6) {
      calls = calls * 5e6 / (took > 5e4 ? took : 5e4) + 1;
      continue;
    }
    if (round > 0 && took / (calls * work) < best) best = took / (calls * work);
    round++;
  }
  printf("%s\t%.5f\n", name.c_str(), best);
}

template <class T, class S> static void elementwise(const char *field, size_t n, int fraction) {
  auto av = words<T>(n), bv = words<T>(n), cv = words<T>(n), ev = words<T>(n), uv = words<T>(n), dv = words<T>(n);
  auto mv = words<uint8_t>(n / 8 + 1);
  T *__restrict d = dv.data();
  const T *a = av.data(), *b = bv.data(), *c = cv.data(), *e = ev.data(), *u = uv.data();
  const uint8_t *m = mv.data();
  std::vector<double> reals(n);
  for (size_t i = 0; i < n; i++) reals[i] = ((double)i - n / 2.0) / 7;
  T s = bv[n];
  auto name = [&](const char *op) { return std::string(op) + " " + field + " n=" + std::to_string(n); };
  report(name("add"), n, [&] { for (size_t i = 0, count = n; i < count; i++) d[i] = a[i] + b[i]; });
  report(name("sub"), n, [&] { for (size_t i = 0, count = n; i < count; i++) d[i] = a[i] - b[i]; });
  report(name("xor"), n, [&] { for (size_t i = 0, count = n; i < count; i++) d[i] = a[i] ^ b[i]; });
  report(name("sar"), n, [&] { for (size_t i = 0, count = n; i < count; i++) d[i] = (T)((S)a[i] >> fraction); });
  report(name("mul"), n, [&] { for (size_t i = 0, count = n; i < count; i++) d[i] = a[i] * b[i]; });
  report(name("mulScalar"), n, [&] { for (size_t i = 0, count = n; i < count; i++) d[i] = a[i] * s; });
  report(name("mulGate"), n, [&] { for (size_t i = 0, count = n; i < count; i++) d[i] = a[i] * (b[i] - e[i]) - b[i] * c[i] + u[i]; });
  report(name("squareGate"), n, [&] { for (size_t i = 0, count = n; i < count; i++) d[i] = a[i] * (a[i] - 2 * c[i]) + u[i]; });
  report(name("selectAdd"), n, [&] {
    for (size_t i = 0, count = n; i < count; i++) {
      T mask = -(T)((m[i >> 3] >> (i & 7)) & 1);
      T t = a[i] * c[i] - e[i];
      d[i] += ((a[i] - b[i]) & mask) + ((t ^ mask) - mask);
    }
  });
  double scale = std::ldexp(1, fraction);
  report(name("encode"), n, [&] { for (size_t i = 0, count = n; i < count; i++) d[i] = (T)(S)std::nearbyint(reals[i] * scale); });
  report(name("decode"), n, [&] { for (size_t i = 0, count = n; i < count; i++) reals[i] = (double)(S)d[i] / scale; });
}

template <class T> static void matmul(const char *field, int m, int k, int n) {
  auto av = words<T>(m * k), bv = words<T>(k * n), dv = words<T>(m * n);
  T *__restrict d = dv.data();
  const T *a = av.data(), *b = bv.data();
  auto name = std::string("matmul ") + field + " " + std::to_string(m) + "x" + std::to_string(k) + "x" + std::to_string(n);
  report(name, (double)m * k * n, [=] {
    if (m == 1) { // rows of b, scaled
      for (int j = 0; j < n; j++) d[j] = 0;
      for (int x = 0; x < k; x++) {
        const T s = a[x], *row = b + (size_t)x * n;
        for (int j = 0; j < n; j++) d[j] += s * row[j];
      }
    } else if (n < 8) { // dot products with contiguous columns
      std::vector<T> t((size_t)n * k);
      for (int x = 0; x < k; x++) for (int j = 0; j < n; j++) t[(size_t)j * k + x] = b[x * n + j];
      for (int j = 0; j < n; j++)
        for (int i = 0; i < m; i++) {
          const T *p = a + (size_t)i * k, *q = t.data() + (size_t)j * k;
          T sum = 0;
          for (int x = 0; x < k; x++) sum += p[x] * q[x];
          d[i * n + j] = sum;
        }
    } else { // two rows and two columns at once, b transposed: the fastest of the plain loops
      std::vector<T> t((size_t)n * k);
      for (int x = 0; x < k; x++) for (int j = 0; j < n; j++) t[(size_t)j * k + x] = b[x * n + j];
      for (int i = 0; i < m; i += 2)
        for (int j = 0; j < n; j += 2) {
          const T *a0 = a + (size_t)i * k, *a1 = i + 1 < m ? a0 + k : a0;
          const T *t0 = t.data() + (size_t)j * k, *t1 = t0 + k;
          T s00 = 0, s01 = 0, s10 = 0, s11 = 0;
          for (int x = 0; x < k; x++) {
            s00 += a0[x] * t0[x]; s01 += a0[x] * t1[x]; s10 += a1[x] * t0[x]; s11 += a1[x] * t1[x];
          }
          d[i * n + j] = s00; d[i * n + j + 1] = s01;
          if (i + 1 < m) { d[(i + 1) * n + j] = s10; d[(i + 1) * n + j + 1] = s11; }
        }
    }
  });
}

static void tables() {
  size_t n = 16384, stride = n / 64;
  auto table = words<uint64_t>(16 * stride), digit = words<uint64_t>(4 * stride);
  auto eq = words<uint64_t>(stride), lt = words<uint64_t>(stride);
  auto x1 = words<uint64_t>(16 * stride), x2 = words<uint64_t>(16 * stride);
  uint64_t *__restrict into = table.data();
  const uint64_t *left = x1.data(), *right = x2.data();
  report("andXor, 128 lanes", 16 * n / 128.0, [&] {
    for (size_t i = 0, count = 16 * stride; i < count; i++) into[i] ^= left[i] & right[i];
  });
  report("digitSelect", n, [&] {
    const size_t step = stride;
    const uint64_t *t = table.data(), *c = digit.data();
    uint64_t *__restrict e = eq.data(), *__restrict l = lt.data();
    for (size_t i = 0; i < step; i++) {
      uint64_t found = 0, above = 0, after = 0;
      for (int v = 15; v >= 0; v--) {
        uint64_t here = ~0ull, x = t[v * step + i];
        for (int q = 0; q < 4; q++) here &= v >> q & 1 ? c[q * step + i] : ~c[q * step + i];
        found |= here & x; above |= here & after; after ^= x;
      }
      e[i] = found; l[i] = above;
    }
  });
  auto words_ = words<u128>(1024);
  auto marks_ = words<uint8_t>(1024 * 128), prod_ = words<uint8_t>(1024), counts_ = words<uint8_t>(1024);
  report("countUnequal FM128", 1024, [&] {
    const u128 *c = words_.data();
    const uint8_t *marks = marks_.data(), *prod = prod_.data();
    uint8_t *__restrict counts = counts_.data();
    for (int e = 0; e < 1024; e++) {
      const uint8_t *t = &marks[e * 128];
      uint8_t sum = 0;
      for (int h = 0; h < 2; h++) {
        uint64_t w = (uint64_t)(c[e] >> (64 * h));
        for (int b = 0; b < (h ? 62 : 64); b++) {
          uint8_t mask = -(uint8_t)(w >> b & 1), x = t[64 * h + b];
          sum += ((x ^ mask) - mask) + (mask & 1);
        }
      }
      uint8_t a = t[126], b = t[127], p = prod[e];
      switch ((int)(c[e] >> 126)) {
        case 0: sum += a + b - p; break;
        case 1: sum += 1 - a + p; break;
        case 2: sum += 1 - b + p; break;
        default: sum += 1 - p;
      }
      counts[e] = sum;
    }
  });
  report("bitsAsBytes FM128", 1024, [&] {
    const u128 *c = words_.data();
    uint8_t *__restrict marks = marks_.data();
    for (int e = 0; e < 1024; e++)
      for (int h = 0; h < 2; h++) {
        uint64_t w = (uint64_t)(c[e] >> (64 * h));
        for (int b = 0; b < 64; b++) marks[e * 128 + 64 * h + b] = w >> b & 1;
      }
  });
  auto x = words<u128>(64), y = words<u128>(64), rows = words<u128>(64 * 48);
  std::vector<double> coef(48);
  for (int i = 0; i < 48; i++) coef[i] = std::sin(i);
  const uint64_t turn = (1ull << 32) - 1, piece = (1ull << 27) - 1;
  const double circle = 2 * M_PI / (turn + 1.0), unit = std::ldexp(1, -26);
  report("fourierEval FM128, 24 of them", 64, [&] {
    double scale = std::ldexp(1, 30);
    for (int e = 0; e < 64; e++) {
      double angle = (uint64_t(x[e]) & turn) * circle, c = std::cos(angle), s = std::sin(angle);
      double c2 = c * c - s * s, s2 = 2 * c * s;
      const u128 *t = &rows[e * 48];
      u128 sum = 0;
      for (int i = 0; i < 24; i++) {
        double a = coef[2 * i] * scale, b = coef[2 * i + 1] * scale;
        sum += t[i] * (u128)(i128)(int64_t)std::nearbyint(a * c + b * s);
        sum += t[24 + i] * (u128)(i128)(int64_t)std::nearbyint(a * s - b * c);
        double next = c * c2 - s * s2;
        s = c * s2 + s * c2, c = next;
      }
      y[e] = sum;
    }
  });
  report("fourierDeal FM128, 24 of them", 64, [&] {
    double scale = std::ldexp(1, 46);
    for (int e = 0; e < 64; e++) {
      double angle = (uint64_t(x[e]) & turn) * circle, c = std::cos(angle), s = std::sin(angle);
      double c2 = c * c - s * s, s2 = 2 * c * s;
      for (int i = 0; i < 24; i++) {
        rows[e * 48 + i] = (u128)(i128)(int64_t)std::nearbyint(c * scale);
        rows[e * 48 + 24 + i] = (u128)(i128)(int64_t)std::nearbyint(s * scale);
        double next = c * c2 - s * s2;
        s = c * s2 + s * c2, c = next;
      }
    }
  });
  std::vector<double> steps(32);
  for (int i = 0; i < 32; i++) steps[i] = std::exp(-41.0 + 2 * i) * std::ldexp(1, 25);
  report("exponentialEval FM128, 32 pieces", 64, [&] {
    for (int e = 0; e < 64; e++) {
      uint64_t C = uint64_t(x[e]) & ((piece << 5) | 31);
      double factor = std::exp((C & piece) * unit);
      u128 sum = 0;
      for (unsigned j = 0; j < 32; j++)
        sum += rows[e * 32 + j] * (u128)(i128)(int64_t)std::nearbyint(steps[((C >> 27) - j) & 31] * factor);
      y[e] = sum;
    }
  });
  report("exponentialDeal FM128, 32 pieces", 64, [&] {
    memset(rows.data(), 0, 64 * 32 * 16);
    for (int e = 0; e < 64; e++) {
      uint64_t R = uint64_t(x[e]) & ((piece << 5) | 31);
      rows[e * 32 + (R >> 27)] = (u128)(int64_t)std::nearbyint(std::exp(-((R & piece) * unit)) * std::ldexp(1, 24));
    }
  });
}

/** Bits of words to planes by 8x8 blocks (a well-known 64-bit transposition), the straightforward fast way. */
static uint64_t transpose8(uint64_t x) {
  uint64_t t = (x ^ (x >> 7)) & 0x00AA00AA00AA00AAull;
  x ^= t ^ (t << 7);
  t = (x ^ (x >> 14)) & 0x0000CCCC0000CCCCull;
  x ^= t ^ (t << 14);
  t = (x ^ (x >> 28)) & 0x00000000F0F0F0F0ull;
  return x ^ t ^ (t << 28);
}
template <int size> static void planes(const char *field, size_t count) {
  size_t step = (count + 127) / 128 * 16;
  auto source = words<uint8_t>((count + 8) * size), planes = words<uint8_t>(step * 8 * size);
  std::string tail = std::string(" ") + field + " n=" + std::to_string(count);
  report("toPlanes" + tail, count, [&] {
    const size_t n = count, stride = step;
    const uint8_t *a = source.data();
    uint8_t *__restrict p = planes.data();
    for (size_t e = 0; e < n; e += 8)
      for (int j = 0; j < size; j++) {
        uint64_t x = 0;
        for (int i = 0; i < 8; i++) x |= (uint64_t)a[(e + i) * size + j] << (8 * i);
        x = transpose8(x);
        for (int b = 0; b < 8; b++) p[(j * 8 + b) * stride + e / 8] = x >> (8 * b);
      }
  });
  report("fromPlanes" + tail, count, [&] {
    const size_t n = count, stride = step;
    const uint8_t *p = planes.data();
    uint8_t *__restrict a = source.data();
    for (size_t e = 0; e + 8 <= n; e += 8)
      for (int j = 0; j < size; j++) {
        uint64_t x = 0;
        for (int b = 0; b < 8; b++) x |= (uint64_t)p[(j * 8 + b) * stride + e / 8] << (8 * b);
        x = transpose8(x);
        for (int i = 0; i < 8; i++) a[(e + i) * size + j] = x >> (8 * i);
      }
  });
}

#define QR(a, b, c, d) \
  a += b; d ^= a; d = d << 16 | d >> 16; c += d; b ^= c; b = b << 12 | b >> 20; \
  a += b; d ^= a; d = d << 8 | d >> 24; c += d; b ^= c; b = b << 7 | b >> 25;

typedef uint32_t v4 __attribute__((vector_size(16)));
static void chacha() {
  std::vector<uint32_t> out(16384);
  report("ChaCha20 kernel, 16 bytes", 4096, [&] {
    for (uint32_t block = 0; block < 1024; block += 4) {
      v4 s[16], x[16];
      for (int i = 0; i < 16; i++) s[i] = v4{} + (uint32_t)(i * 77);
      s[12] = v4{block, block + 1, block + 2, block + 3};
      memcpy(x, s, sizeof x);
      for (int r = 0; r < 10; r++) {
        QR(x[0], x[4], x[8], x[12]) QR(x[1], x[5], x[9], x[13]) QR(x[2], x[6], x[10], x[14]) QR(x[3], x[7], x[11], x[15])
        QR(x[0], x[5], x[10], x[15]) QR(x[1], x[6], x[11], x[12]) QR(x[2], x[7], x[8], x[13]) QR(x[3], x[4], x[9], x[14])
      }
      for (int i = 0; i < 16; i++) {
        x[i] += s[i];
        for (int l = 0; l < 4; l++) out[(block + l) * 16 + i] = x[i][l];
      }
    }
  });
}

int main() {
  elementwise<u128, i128>("FM128", 1000, 26);
  elementwise<u128, i128>("FM128", 1000000, 26);
  elementwise<uint64_t, int64_t>("FM64", 100000, 18);
  elementwise<uint32_t, int32_t>("FM32", 100000, 8);
  planes<16>("FM128", 1000);
  planes<16>("FM128", 1000000);
  planes<8>("FM64", 100000);
  planes<4>("FM32", 100000);
  matmul<u128>("FM128", 128, 128, 128);
  matmul<u128>("FM128", 512, 512, 512);
  matmul<u128>("FM128", 1024, 100, 1);
  matmul<u128>("FM128", 1024, 100, 4);
  matmul<u128>("FM128", 1, 512, 512);
  matmul<u128>("FM128", 16, 16, 16);
  matmul<uint64_t>("FM64", 128, 128, 128);
  matmul<uint64_t>("FM64", 1024, 100, 1);
  matmul<uint32_t>("FM32", 128, 128, 128);
  tables();
  chacha();
}
