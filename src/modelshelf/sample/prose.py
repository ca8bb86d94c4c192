"""The text the sample tokenizers are made from: plain sentences with the commonest words."""

PROSE = """
A model on your own machine is a folder of files, and the largest of them hold the weights.
The first question is how much memory it needs, and the second is whether the disk has room.
An embedding model turns a document or a query into a vector, so that a search finds what is near.
A reranker reads the question and each result together and puts the best answer first.
A language model writes text one token after another, and each token is chosen from the vocabulary.
A caption says in one sentence what a picture shows: a dog runs on the beach, a child holds a ball.
We took the train to the sea in the morning and came back when the sun had gone down.
She wrote a letter to her mother and told her about the new house, the garden and the old tree.
He said that nobody had seen the book since the day they moved the library to the other building.
There are many ways to measure a thing, but only a few of them give the same number twice.
Small models answer quickly, large models answer well, and most people want something in between.
If the download stops, it goes on later from the byte where it stopped, and nothing is lost.
Water boils at one hundred degrees, ice melts at zero, and both depend on the pressure of the air.
The history of the city begins with a river, a bridge, a market and a wall around all three.
Good science asks what would show that an idea is wrong, and then looks for exactly that.
You can read the paper first, look at the data next, and run the code when you believe neither.
Every layer takes what the layer below has made, mixes it, and hands a little more to the next.
Attention lets each word look at the words before it and decide which of them matter here.
The key and the value are kept, because the next step would only compute the same numbers again.
How long is the text, how many questions are there, and what should the answer look like?
Please write a short summary of this report for a person who has five minutes and one decision.
Which of these results is about the price of energy, and which is only about the weather?
In the year of the great storm the harbour was closed for eleven weeks, from October to January.
Doctors, teachers, farmers and engineers use the same program, each for a different kind of work.
Do not trust a figure without a source, a graph without a scale, or a promise without a date.
It is better to keep two copies of what you need than ten copies of what you might want.
The committee will meet again on Thursday to talk about the budget, the schedule and the new staff.
To remove a file safely, first make sure that nothing else uses it, then ask, and only then act.
They walked through the forest for three hours, until the path ended at a quiet, dark lake.
Light from a distant star has travelled for thousands of years before it reaches our eyes.
My brother plays the violin, my sister studies law, and I look after the shop at the weekend.
With a little more time and a little less noise we could finish this before the end of the month.
"""
