package org.shop.app;

class Tools {
  static void help(int a) {}
  static void help(String a, int b) {}
}
